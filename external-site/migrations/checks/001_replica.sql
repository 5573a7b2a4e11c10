-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

create schema if not exists checks;
grant usage on schema checks to syncer_writer, external_site;

create table checks.answers (
  id uuid not null,
  package_id uuid not null,
  at timestamp with time zone not null,
  kind text not null,
  sealed bytea not null,
  published boolean not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on checks.answers to syncer_writer;
grant select on checks.answers to external_site;

create table checks.packages (
  id uuid not null,
  number text not null,
  receipt_number text not null,
  centre_id uuid not null,
  service_id uuid not null,
  state text not null,
  registered_at timestamp with time zone not null,
  due_on date not null,
  answered_at timestamp with time zone,
  closed_at timestamp with time zone,
  files_until date,
  tracked boolean not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on checks.packages to syncer_writer;
grant select on checks.packages to external_site;
