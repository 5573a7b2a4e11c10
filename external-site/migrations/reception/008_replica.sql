-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

alter table reception.bookings add column further_groups uuid[] not null default '{}'::uuid[];
alter table reception.bookings add column further_services uuid[] not null default '{}'::uuid[];
alter table reception.halls add column between_minutes integer not null default 0;
alter table reception.slots add column room integer not null default 0;
alter table reception.slots add column serves uuid[] not null default '{}'::uuid[];
