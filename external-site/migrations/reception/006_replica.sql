-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

create table reception.waits (
  group_id uuid not null,
  centre_id uuid not null,
  name text not null,
  name_en text not null,
  half integer,
  most integer,
  at timestamp with time zone not null,
  primary key (group_id)
);
grant delete, insert, select, truncate, update on reception.waits to syncer_writer;
grant select on reception.waits to external_site;
call public.watch_replica('reception.waits');
