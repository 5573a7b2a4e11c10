-- Appointments that are booked, moved and given back online.

alter table reception.bookings
  add column said         text not null default '' check (said in ('', 'moved', 'move_taken', 'move_gone', 'late')), -- what became of the last change
  add column last_message uuid;                                                                                  -- by which it came

-- Refused, too: people without a contact have enough places of that day.
alter table reception.bookings drop constraint bookings_why_check,
  add constraint bookings_why_check check (why in ('', 'taken', 'gone', 'limit', 'contact'));

-- The intake worker opens what strangers sent: it takes a place, and of the appointments that it changes it must know the code.
grant usage on schema reception to intake;
grant select on reception.halls, reception.groups, reception.windows, reception.priorities, reception.absences, reception.slots, reception.bookings to intake;
grant insert, update on reception.bookings to intake;
grant update (free) on reception.slots to intake;
