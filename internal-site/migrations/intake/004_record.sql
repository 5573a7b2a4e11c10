-- An application that waits for a person can be taken over at the counter: what the applicant sent is kept with the entry, where the
-- envelope could be opened, until somebody has decided about it.
alter table intake.refusals add column record jsonb;
alter table intake.refusals drop constraint refusals_state_check;
alter table intake.refusals add constraint refusals_state_check check (state in ('open', 'retried', 'refused', 'closed', 'registered'));

grant update (record) on intake.refusals to internal_site;
