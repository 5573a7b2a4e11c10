-- The list of acts in the order of the English alphabet; those without an English title come last, by the Ukrainian one.
create index acts_listed_english on law.acts (nullif(left(title_en, 300), '') collate "en-x-icu", left(title, 300) collate "uk-x-icu", id);
