-- after: live/001 kept/001
-- Free times are read by group and in order; an appointment is found by its number without the dash. An open page of one is renewed at
-- once (internal/live), and pages say what they are made of.
create index slots_group on reception.slots (centre_id, group_id, begins_at);
create index groups_centre on reception.groups (centre_id);
create index bookings_typed on reception.bookings (translate(number, '-', ''));

create trigger followed_changed after insert or update or delete or truncate on reception.bookings
  for each statement execute function public.followed_changed();
alter table reception.bookings enable always trigger followed_changed;

call public.watch_replica('reception.halls');
call public.watch_replica('reception.groups');
call public.watch_replica('reception.slots');
