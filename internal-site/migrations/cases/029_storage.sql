-- Until when a result is stored, once its applicant was reminded to collect it, and since when it has been stored for longer than that.
alter table cases.cases add column stored_until date, add column uncollected_at timestamptz;
create index cases_uncollected on cases.cases (uncollected_at) where uncollected_at is not null;
insert into cases.event_kinds values ('result_waits'), ('uncollected') on conflict do nothing;
