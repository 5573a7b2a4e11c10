-- A visit may begin with something that is known before the visitor stands at the counter: an application that came online and waits
-- for a person, an appointment, a ticket of the queue. Each of them is received once at a time.
alter table counter.visits
  add column origin    text not null default 'walk_in' check (origin in ('walk_in', 'intake', 'booked', 'called')),
  add column origin_id uuid,
  add constraint visits_origin check ((origin = 'walk_in') = (origin_id is null));
create unique index visits_origin_open on counter.visits (origin, origin_id) where state = 'open';
