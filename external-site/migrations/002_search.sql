-- Full-text search over the replica: columns that PostgreSQL itself keeps in step with the rows the syncer writes,
-- so a service can be found the moment it is published, and no process but the database has to know how.
--
-- Nothing here may ever fail on a row, as that would stop replication: texts are cut to a length that a tsvector holds.

create extension if not exists pg_trgm with schema public;

-- The dictionary's files belong to the server, not to the database.
do $$
begin
  create text search dictionary public.portal_uk
    (template = ispell, dictfile = portal_uk, afffile = portal_uk, stopwords = portal_uk);
exception when config_file_error or undefined_file then
  raise exception 'the Ukrainian search dictionary is not installed on the database server; run deploy/postgresql/install-dictionary there as root, then migrate again'
    using errcode = 'config_file_error';
end $$;

-- Ukrainian words by the dictionary, unknown ones as they stand; Latin words by the English stemmer.
create text search configuration public.portal_uk (copy = pg_catalog.english);
alter text search configuration public.portal_uk
  alter mapping for word, hword, hword_part with public.portal_uk, pg_catalog.simple;

-- Text as it is searched: lower case, without apostrophes of any shape (' ’ ʼ ` and their rarer kin), which people
-- type in all ways or leave out, without soft hyphens and stress marks, with every blank and hyphen in one form.
create function public.portal_fold(text) returns text
  language sql immutable strict parallel safe
  return translate(lower($1),
    U&'\00a0\2009\202f\2010\2011\2012\2013\2014\2212\0027\2018\2019\02bc\0060\00b4\2032\00ad\0301',
    U&'   ------');

-- The same, and Latin letters that look Cyrillic become Cyrillic inside Cyrillic words («реєстрацiя» with a Latin i),
-- which official texts are full of. Dear: for names and other short texts only.
create function public.portal_plain(text) returns text
  language plpgsql immutable strict parallel safe
as $$
declare
  folded text := public.portal_fold($1);
  pair text;
begin
  if folded ~ '[а-яіїєґ][a-zï]|[a-zï][а-яіїєґ]' then
    foreach pair in array '{aа,cс,eе,iі,oо,pр,xх,yу,ïї}'::text[] loop
      folded := regexp_replace(folded, format('(?<=[а-яіїєґ])%1$s|%1$s(?=[а-яіїєґ])', left(pair, 1)), right(pair, 1), 'g');
    end loop;
  end if;
  return folded;
end $$;

-- What a card says, in both languages: every "uk" and "en" at any depth.
create function catalogue.card_text(content jsonb) returns text
  language sql immutable strict parallel safe
  return (
    select coalesce(left(string_agg(t #>> '{}', ' '), 200000), '')
    from (
      select jsonb_path_query(content, 'strict $.**.uk', '{}', true) as t
      union all
      select jsonb_path_query(content, 'strict $.**.en', '{}', true)
    ) texts
  );

-- Weights: A name and keywords, B summary, D the text of the card.
alter table catalogue.services
  add column plain text not null generated always as
    (public.portal_plain(left(name || ' ' || keywords || ' ' || name_en, 4000))) stored,
  add column search tsvector not null generated always as (
    setweight(to_tsvector('public.portal_uk', public.portal_plain(left(name || ' | ' || name_en || ' | ' || keywords, 20000))), 'A')
    || setweight(to_tsvector('public.portal_uk', public.portal_plain(left(summary || ' | ' || summary_en, 20000))), 'B')
  ) stored;
create index services_search on catalogue.services using gin (search);
create index services_plain on catalogue.services using gin (plain public.gin_trgm_ops);

alter table catalogue.cards
  add column search tsvector not null generated always as
    (setweight(to_tsvector('public.portal_uk', public.portal_fold(catalogue.card_text(content))), 'D')) stored;
create index cards_search on catalogue.cards using gin (search);

-- People also type the authority or the area of life: «пенсійний фонд», «земля».
alter table org.authorities
  add column search tsvector not null generated always as (to_tsvector('public.portal_uk', public.portal_plain(
    left(name || ' | ' || short_name || ' | ' || name_en || ' | ' || short_name_en, 8000)))) stored;
alter table org.centres
  add column search tsvector not null generated always as (to_tsvector('public.portal_uk', public.portal_plain(
    left(name || ' | ' || name_en || ' | ' || address || ' | ' || address_en, 8000)))) stored;
alter table catalogue.categories
  add column search tsvector not null generated always as
    (to_tsvector('public.portal_uk', public.portal_plain(left(name || ' | ' || name_en, 8000)))) stored;
alter table catalogue.life_situations
  add column search tsvector not null generated always as
    (to_tsvector('public.portal_uk', public.portal_plain(left(name || ' | ' || name_en, 8000)))) stored;

create index files_service on documents.files (service_id);
