-- Decisions that refuse say beside their event on which grounds they rest, and each of them has a row that statistics count, whatever became of
-- it: a decision that was withdrawn leaves no trace in the case itself.
alter table cases.events add column grounds text[];  -- of a decision that refuses: ids of its card, and other; null elsewhere

-- Of those from before, what is in force is known.
update cases.events e set grounds = case when c.refusal_grounds = '{}' then array[c.refusal_ground] else c.refusal_grounds end
from cases.cases c where c.id = e.case_id and c.outcome = 'refused' and e.kind = 'decided' and e.at >= c.decided_at;

-- Written like cases.measures. A decision that was corrected is one refusal, on the grounds that it has now.
create table cases.refusal_measures (
  case_id       uuid not null references cases.cases,
  event_id      uuid not null,                        -- of the decision
  completed_on  date not null,                        -- of the decision, in Kyiv
  centre_id     uuid not null,
  authority_id  uuid not null,
  service_id    uuid not null,
  outside       boolean not null,                     -- rests, or has rested before it was corrected, on a ground that the card does not name
  overturned    text not null check (overturned in ('', 'corrected', 'reopened', 'withdrawn')),
  overturned_on date,
  grounds       text[] not null,                      -- words of the card; '' stands for a ground that it does not name
  grounds_en    text[] not null,                      -- one for each of grounds
  primary key (case_id, event_id),
  check ((overturned = '') = (overturned_on is null))
);
create index refusal_measures_region on cases.refusal_measures (completed_on, case_id, event_id);
create index refusal_measures_centre on cases.refusal_measures (centre_id, completed_on, case_id, event_id);
create index refusal_measures_authority on cases.refusal_measures (authority_id, completed_on, case_id, event_id);
create index refusal_measures_service on cases.refusal_measures (service_id, completed_on, case_id, event_id);

-- The cases from before are counted by the site, piece by piece.
insert into cases.measurings (id, asked_at) values (gen_random_uuid(), now());

grant select, insert, update, delete on cases.refusal_measures to internal_site;
