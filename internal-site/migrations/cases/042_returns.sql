-- Each time that an application was returned to its applicant for correction (the work on it stands still until they answer) has a row that
-- statistics count: which documents were missing or wrong, and for how long.
create table cases.return_measures (
  case_id      uuid not null references cases.cases,
  event_id     uuid not null,                        -- of the suspension
  returned_on  date not null,                        -- in Kyiv, as is the next
  ended_on     date,                                 -- the work went on, or the application was taken back; null: it stands still
  centre_id    uuid not null,
  authority_id uuid not null,
  service_id   uuid not null,
  days         smallint,                             -- calendar days that it stood still; null while it does
  work         smallint,                             -- the working days among them
  answers      boolean not null,                     -- answers of the form were asked for as well
  documents    text[] not null,                      -- their names in the card
  documents_en text[] not null,                      -- one for each of documents
  primary key (case_id, event_id),
  check ((ended_on is null) = (days is null) and (ended_on is null) = (work is null))
);
create index return_measures_region on cases.return_measures (returned_on, case_id, event_id);
create index return_measures_centre on cases.return_measures (centre_id, returned_on, case_id, event_id);
create index return_measures_authority on cases.return_measures (authority_id, returned_on, case_id, event_id);
create index return_measures_service on cases.return_measures (service_id, returned_on, case_id, event_id);

-- The cases from before are counted by the site, piece by piece.
insert into cases.measurings (id, asked_at) values (gen_random_uuid(), now());

grant select, insert, update, delete on cases.return_measures to internal_site;
