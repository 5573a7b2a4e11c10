-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

create schema if not exists reception;
grant usage on schema reception to syncer_writer, external_site;

create table reception.bookings (
  id uuid not null,
  number text not null,
  receipt_number text not null,
  centre_id uuid not null,
  group_id uuid not null,
  service_id uuid,
  begins_at timestamp with time zone not null,
  minutes integer not null,
  state text not null,
  why text not null,
  said text not null,
  tracked boolean not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on reception.bookings to syncer_writer;
grant select on reception.bookings to external_site;

create table reception.groups (
  id uuid not null,
  centre_id uuid not null,
  name text not null,
  name_en text not null,
  minutes integer not null,
  services uuid[] not null,
  booked boolean not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on reception.groups to syncer_writer;
grant select on reception.groups to external_site;

create table reception.halls (
  centre_id uuid not null,
  ahead_days integer not null,
  notice_minutes integer not null,
  cancel_minutes integer not null,
  published boolean not null,
  primary key (centre_id)
);
grant delete, insert, select, truncate, update on reception.halls to syncer_writer;
grant select on reception.halls to external_site;

create table reception.slots (
  id uuid not null,
  centre_id uuid not null,
  group_id uuid not null,
  begins_at timestamp with time zone not null,
  minutes integer not null,
  free boolean not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on reception.slots to syncer_writer;
grant select on reception.slots to external_site;
