-- An application that its applicant takes back ends its case without a decision; a case at its end can be opened again.
insert into cases.event_kinds values ('withdrawn'), ('reopened');
alter table cases.cases
  drop constraint cases_outcome_check,
  add constraint cases_outcome_check check (outcome in ('', 'granted', 'refused', 'withdrawn'));
