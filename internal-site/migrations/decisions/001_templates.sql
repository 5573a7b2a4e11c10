-- How the documents of an authority's decisions are worded. A row is a version, and no row is ever changed: the newest one counts.
-- An empty text goes back to the portal's own template, which stands in the program.
create schema decisions;

create table decisions.templates (
  id           uuid primary key,
  authority_id uuid not null references org.authorities,
  service_id   uuid references catalogue.services,    -- null: every service that has no template of its own
  outcome      text not null check (outcome in ('granted', 'refused')),
  version      integer not null check (version > 0),
  text         text not null check (length(text) <= 10000),
  saved_at     timestamptz not null,
  saved_by     uuid not null references access.users,
  unique nulls not distinct (authority_id, service_id, outcome, version)
);
create index templates_service on decisions.templates (service_id) where service_id is not null;

grant usage on schema decisions to internal_site;
grant select, insert on decisions.templates to internal_site;
