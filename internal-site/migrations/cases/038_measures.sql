-- What statistics count: one narrow row for each case that has come to its end, and one for each of its stages that was done. They are
-- written in the transaction of the act by internal/cases, which counts days over the calendar as terms are counted, and can be counted
-- anew from the cases at any time. Nobody's name is in them.
create table cases.measures (
  case_id         uuid primary key references cases.cases,
  completed_on    date not null,                      -- in Kyiv, as are all days here: of the decision, or of the withdrawal
  registered_on   date not null,
  issued_on       date,                               -- null: the result was not handed over
  centre_id       uuid not null,
  authority_id    uuid not null,                      -- that decides
  service_id      uuid not null,
  registered_hour smallint not null check (registered_hour between 0 and 23),
  completed_days  smallint not null,                  -- calendar days from registration to the end, without those that stood still
  completed_work  smallint not null,                  -- the working days among them
  issued_days     smallint,                           -- the same to the handing over
  issued_work     smallint,
  paused_days     smallint not null,                  -- that stood still up to the end
  paused_work     smallint not null,
  late            boolean not null,                   -- decided after the last day of its term
  other_ground    boolean not null,                   -- refused on a ground that the card does not name
  outcome         text not null check (outcome in ('granted', 'refused', 'withdrawn')),
  channel         text not null,
  applicant       text not null                       -- the applicant's kind
);
create index measures_region on cases.measures (completed_on, case_id);
create index measures_centre on cases.measures (centre_id, completed_on, case_id);
create index measures_authority on cases.measures (authority_id, completed_on, case_id);
create index measures_service on cases.measures (service_id, completed_on, case_id);

create table cases.stage_measures (
  case_id      uuid not null references cases.cases,
  position     smallint not null,
  completed_on date not null,                         -- of the case
  late         boolean not null,                      -- done after its last day
  days         smallint not null,                     -- calendar days from its beginning to its end, without those that stood still
  work         smallint not null,                     -- the working days among them
  paused_days  smallint not null,
  paused_work  smallint not null,
  centre_id    uuid not null,                         -- of the case, as are the next two
  authority_id uuid not null,
  service_id   uuid not null,
  party        uuid not null,                         -- the centre or the authority whose stage it was
  name         text not null,
  name_en      text not null default '',
  primary key (case_id, position)
);
create index stage_measures_region on cases.stage_measures (completed_on) include (party, days, work, paused_days, paused_work, late);
create index stage_measures_centre on cases.stage_measures (centre_id, completed_on);
create index stage_measures_authority on cases.stage_measures (authority_id, completed_on);
create index stage_measures_service on cases.stage_measures (service_id, completed_on);

-- How far it got to count all cases anew, so that a process that dies over it is followed by another.
create table cases.measurings (
  id       uuid primary key,
  asked_at timestamptz not null,
  after    uuid,                                      -- the last case that was looked at
  seen     integer not null default 0,
  changed  integer not null default 0,                -- cases of which a row was not as it should be
  done_at  timestamptz
);
create index measurings_open on cases.measurings (id) where done_at is null;

-- The cases from before are counted by the site, piece by piece.
insert into cases.measurings (id, asked_at) values (gen_random_uuid(), now());

grant select, insert, update, delete on cases.measures, cases.stage_measures to internal_site;
grant select, insert, update on cases.measurings to internal_site;
