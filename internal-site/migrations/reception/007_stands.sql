-- Whether an appointment can still be kept, as the offer is now: whoever has one that cannot is told and may choose another time.
alter table reception.bookings
  add column stands   boolean not null default true, -- the offer has a place for it
  add column moved_at timestamptz;                   -- since when it has its present time; null: since it was made
create index bookings_fallen on reception.bookings (centre_id, begins_at) where state = 'booked' and not stands;

-- All are looked at once.
update reception.halls set slots_of = null;
