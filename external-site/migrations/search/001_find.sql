-- after: catalogue/001
-- People look for more than services: for acts by their number, officials, centres, life situations, and for what others give. As
-- in 002_search.sql nothing here may ever fail on a row, and every search has its index.

-- The phrases of a list, each as the query that a text with all its words answers.
create function public.portal_phrases(text) returns tsquery[]
  language sql immutable strict parallel safe
  return (
    select coalesce(array_agg(q), '{}')
    from (
      select distinct plainto_tsquery('public.portal_uk', public.portal_plain(left(phrase, 200))) as q
      from regexp_split_to_table(left($1, 8000), '[,;|\n]+') as phrase
    ) phrases
    where numnode(q) > 0
  );

alter table catalogue.elsewhere
  add column phrases tsquery[] not null generated always as (public.portal_phrases(name || ',' || name_en || ',' || words)) stored,
  add column plain text not null generated always as (public.portal_plain(left(name || ' ' || words, 8000))) stored;

-- The number of an act as it is compared: «2811-XII» and «2811-12» are one, with a Latin or a Cyrillic Х.
create function public.portal_act_number(text) returns text
  language plpgsql immutable strict parallel safe
as $$
declare
  number text := regexp_replace(lower(left($1, 100)), '[\s№]+', '', 'g');
  series text := translate(substring(number from '-([ivxіх]{1,6})$'), 'іх', 'ix');
  place  int := array_position('{i,ii,iii,iv,v,vi,vii,viii,ix,x,xi,xii,xiii,xiv,xv,xvi,xvii,xviii,xix,xx}'::text[], series);
begin
  if place is null then
    return number;
  end if;
  return regexp_replace(number, '-[^-]*$', '-' || lpad(place::text, 2, '0'));
end $$;

alter table law.acts
  add column number_key text not null generated always as (public.portal_act_number(number)) stored,
  add column search tsvector not null generated always as
    (to_tsvector('public.portal_uk', public.portal_plain(left(title || ' | ' || title_en, 8000)))) stored;
create index acts_number on law.acts (number_key text_pattern_ops);
create index acts_search on law.acts using gin (search);
-- Services are found by the acts that they rest on.
create index cards_acts on catalogue.cards using gin ((content -> 'acts') jsonb_path_ops);

-- Names and positions of officials.
create function public.portal_people(people jsonb) returns tsvector
  language sql immutable strict parallel safe
  return (
    select to_tsvector('public.portal_uk', public.portal_plain(left(coalesce(string_agg(t #>> '{}', ' | '), ''), 20000)))
    from (
      select jsonb_path_query(people, 'lax $[*].name', '{}', true) as t
      union all
      select jsonb_path_query(people, 'lax $[*].position.*', '{}', true)
    ) texts
  );
alter table org.authorities
  add column people_search tsvector not null generated always as (public.portal_people(people)) stored;
alter table org.centres
  add column people_search tsvector not null generated always as (public.portal_people(people)) stored;

create index authorities_search on org.authorities using gin (search);
create index authorities_people on org.authorities using gin (people_search);
create index centres_search on org.centres using gin (search);
create index centres_people on org.centres using gin (people_search);
create index categories_search on catalogue.categories using gin (search);
create index life_situations_search on catalogue.life_situations using gin (search);

-- A code is found by how it begins, with or without its leading zeros.
alter table catalogue.services
  add column code_key text not null generated always as (ltrim(lower(code), '0')) stored;
create index services_code_key on catalogue.services (code_key text_pattern_ops);
