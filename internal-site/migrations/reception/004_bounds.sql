-- What bounds appointments that are booked online, and how they are forgotten.

alter table reception.halls
  add column new_share integer not null default 70 check (new_share between 1 and 100); -- of 100 times of a day, how many may be booked online for contacts that have never come

alter table reception.bookings
  add column known        boolean     not null default false, -- somebody with its contact has come to an appointment before
  add column changes      integer     not null default 0,     -- how often its holder has asked to move it or give it back
  add column forgotten_at timestamptz;                        -- when it was forgotten who had it
alter table reception.bookings drop constraint bookings_why_check,
  add constraint bookings_why_check check (why in ('', 'taken', 'gone', 'limit', 'contact', 'new'));
alter table reception.bookings drop constraint bookings_said_check,
  add constraint bookings_said_check check (said in ('', 'moved', 'move_taken', 'move_gone', 'move_contact', 'move_new', 'late', 'held'));

create index bookings_kept on reception.bookings (centre_id, begins_at) where forgotten_at is null;
create index bookings_last_message on reception.bookings (last_message) where last_message is not null;
create index bookings_came_email on reception.bookings (lower(email)) where email <> '' and state = 'arrived';
create index bookings_came_phone on reception.bookings (phone) where phone <> '' and state = 'arrived';
