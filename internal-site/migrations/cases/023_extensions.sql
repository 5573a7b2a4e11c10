-- By how much the term of a case was extended: days, in which unit, when, and which stages were under way.
alter table cases.cases add column extensions jsonb not null default '[]' check (jsonb_typeof(extensions) = 'array');
insert into cases.event_kinds values ('extended') on conflict do nothing;
