-- Who ended a stage, for the figures of people and of the party whose stage it was, which need not be that of the case.
alter table cases.stage_measures add column person uuid;  -- null: nobody, as the portal did it
create index stage_measures_party on cases.stage_measures (party, completed_on) include (person, late, days, work);
create index stage_measures_person on cases.stage_measures (person, completed_on);

-- The stages from before are counted by the site, piece by piece; a counting that has not begun will see them too.
insert into cases.measurings (id, asked_at)
select gen_random_uuid(), now() where not exists (select from cases.measurings where done_at is null and after is null);
