-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

create schema if not exists region;
grant usage on schema region to syncer_writer, external_site;

create table region.profile (
  id smallint not null,
  name text not null,
  name_en text not null,
  owner text not null,
  owner_en text not null,
  help_phone text not null,
  notice text not null,
  notice_en text not null,
  arms bytea,
  arms_alt text not null,
  arms_alt_en text not null,
  updated_at timestamp with time zone not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on region.profile to syncer_writer;
grant select on region.profile to external_site;
