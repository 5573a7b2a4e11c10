-- Tickets keep to the hours of the hall.

alter table reception.halls
  add column last_minutes integer not null default 0 check (last_minutes between 0 and 240), -- before closing, in which no tickets are given any more
  -- When tickets are given, of today and the days that come soon, in order: {"from", "until", "closes"}, the last one of that day. Made from hours,
  -- calendar and last_minutes with the times of appointments; empty where nobody knows the hours.
  add column intakes jsonb not null default '[]';

-- All are looked at once.
update reception.halls set slots_of = null;
