-- How long people take at the windows, learned from the weeks before: what is expected of a queue is played through with it. Decision 0064.
create table reception.paces (
  group_id uuid primary key references reception.groups,
  seconds  integer[] not null -- from the call to the end, shortest first, at even shares of the people
);

grant select, insert, delete on reception.paces to internal_site;
grant select on reception.paces to intake; -- it reads halls as every act does
