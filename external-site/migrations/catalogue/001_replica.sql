-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

create table catalogue.elsewhere (
  id uuid not null,
  code text not null,
  name text not null,
  name_en text not null,
  words text not null,
  provider text not null,
  provider_en text not null,
  url text not null,
  position integer not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on catalogue.elsewhere to syncer_writer;
grant select on catalogue.elsewhere to external_site;
alter table catalogue.service_situations add column step integer not null default 100;
alter table catalogue.service_situations add column note text not null default ''::text;
alter table catalogue.service_situations add column note_en text not null default ''::text;
