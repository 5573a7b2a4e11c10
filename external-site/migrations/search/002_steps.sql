-- after: catalogue/007
-- A life situation is found by what its steps are called too.
alter table catalogue.situation_steps
  add column search tsvector not null generated always as
    (to_tsvector('public.portal_uk', public.portal_plain(left(heading || ' | ' || heading_en, 8000)))) stored;
create index situation_steps_search on catalogue.situation_steps using gin (search);
