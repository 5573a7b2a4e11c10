-- Who is told, and when, that a term ends: so many working days before the last day, on it, or after it. A row without a place
-- holds for every centre and authority that has no rows of its own.
create table notices.alarms (
  id    uuid primary key default gen_random_uuid(),
  place uuid,                                         -- a centre or an authority; null: the region
  days  integer not null check (days between -30 and 60), -- working days; below nought before the last day
  whom  text not null check (whom in ('executor', 'head', 'manager')),
  unique nulls not distinct (place, days, whom)
);
insert into notices.alarms (place, days, whom) values (null, -1, 'executor'), (null, 0, 'head'), (null, 3, 'manager');

grant select, insert, delete on notices.alarms to internal_site;
