-- A position has an English name too. The language of the pages is the browser's until somebody chooses one ('').
alter table access.users
  add column position_en text not null default '',
  alter column language set default '',
  drop constraint users_language_check,
  add constraint users_language_check check (language in ('', 'uk', 'en'));
-- Ukrainian was written for everybody who had chosen nothing.
update access.users set language = '' where language = 'uk';
-- How large text is, in per cent, in place of large_type.
alter table access.users add column text_size integer not null default 100 check (text_size in (100, 125, 150, 200));
update access.users set text_size = 125 where large_type;
