-- after: documents/008
-- Filled samples of a service's forms: what is in the picture is said in words too. One that is taken back or replaced stays inside.
create table catalogue.samples (
  id            uuid primary key references documents.files,
  service_id    uuid not null references catalogue.services,
  alt           text not null check (length(alt) between 1 and 2000),
  alt_en        text not null default '' check (length(alt_en) <= 2000),
  published     boolean not null default true,
  added_at      timestamptz not null default now(),
  withdrawn_at  timestamptz,
  withdrawn_why text not null default '' check (length(withdrawn_why) <= 1000),
  check (published = (withdrawn_at is null))
);
create index samples_service on catalogue.samples (service_id);
create unique index samples_published on catalogue.samples (id, published);
alter table catalogue.samples replica identity using index samples_published;
grant select, insert, update on catalogue.samples to internal_site;
