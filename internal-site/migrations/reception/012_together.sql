-- Several matters in one appointment: one after another at one window. Decision 0071.

alter table reception.halls
  add column between_minutes integer not null default 0 check (between_minutes between -30 and 30); -- between two matters of an appointment: a pause, or below zero what each further one saves

-- What else an appointment, or somebody who came to one, is for: the group and the service, null where it is not known, of each further matter in order.
alter table reception.bookings
  add column further_groups   uuid[] not null default '{}' check (cardinality(further_groups) <= 4),
  add column further_services uuid[] not null default '{}',
  add constraint bookings_further check (cardinality(further_groups) = cardinality(further_services)),
  drop constraint bookings_minutes_check,
  add constraint bookings_minutes_check check (minutes between 1 and 1440);
alter table reception.tickets
  add column further_groups   uuid[] not null default '{}' check (cardinality(further_groups) <= 4),
  add column further_services uuid[] not null default '{}',
  add column together         boolean not null default false, -- only a window that serves all of its matters calls it
  add constraint tickets_further check (cardinality(further_groups) = cardinality(further_services));

-- How much of a window is free from a time on, in one piece, for one appointment, and for which groups it can do it: so a time says by itself
-- whether several matters fit, and which window it is at does not leave.
alter table reception.slots
  add column room   integer not null default 0 check (room >= 0), -- minutes; 0: it is not free
  add column serves uuid[] not null default '{}';
grant update (room) on reception.slots to intake;

-- All are made once anew.
update reception.halls set slots_of = null;
