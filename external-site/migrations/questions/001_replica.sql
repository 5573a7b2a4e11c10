-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

create schema if not exists questions;
grant usage on schema questions to syncer_writer, external_site;

create table questions.messages (
  id uuid not null,
  thread_id uuid not null,
  at timestamp with time zone not null,
  kind text not null,
  sealed bytea,
  published boolean not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on questions.messages to syncer_writer;
grant select on questions.messages to external_site;

create table questions.threads (
  id uuid not null,
  number text not null,
  receipt_number text not null,
  centre_id uuid,
  authority_id uuid,
  service_id uuid,
  state text not null,
  registered_at timestamp with time zone not null,
  due_on date not null,
  answered_at timestamp with time zone,
  closed_at timestamp with time zone,
  tracked boolean not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on questions.threads to syncer_writer;
grant select on questions.threads to external_site;
