-- Since when the silence of the authority counts as consent, for a person to say what follows; null: it does not.
alter table cases.cases add column tacit_at timestamptz;
create index cases_tacit on cases.cases (tacit_at) where tacit_at is not null;
insert into cases.event_kinds values ('tacit') on conflict do nothing;
