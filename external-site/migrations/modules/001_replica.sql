-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

create schema if not exists modules;
grant usage on schema modules to syncer_writer, external_site;

create table modules.switches (
  id uuid not null,
  module text not null,
  centre_id uuid,
  enabled boolean not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on modules.switches to syncer_writer;
grant select on modules.switches to external_site;
