-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

create table catalogue.samples (
  id uuid not null,
  service_id uuid not null,
  alt text not null,
  alt_en text not null,
  published boolean not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on catalogue.samples to syncer_writer;
grant select on catalogue.samples to external_site;
