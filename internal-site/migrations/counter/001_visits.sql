-- The counter: a visit is what a clerk has taken down of a visitor so far. It is kept while it grows, so that the clerk may be
-- called away, and ends with a registered case, with a refusal to accept the documents, or with the visitor leaving.

create schema counter;

create table counter.visits (
  id         uuid primary key,
  centre_id  uuid not null references org.centres,
  opened_by  uuid not null references access.users,
  opened_at  timestamptz not null,
  saved_at   timestamptz not null,
  state      text not null default 'open' check (state in ('open', 'registered', 'refused', 'left')),
  service_id uuid references catalogue.services,
  content    jsonb not null default '{}',            -- who came, what was brought; emptied when the visitor left
  case_id    uuid unique references cases.cases,
  ended_at   timestamptz,
  version    integer not null default 1,
  check ((state = 'open') = (ended_at is null)),
  check ((state = 'registered') = (case_id is not null))
);
create index visits_open on counter.visits (centre_id, saved_at) where state = 'open';
create index visits_ended on counter.visits (centre_id, ended_at) where state <> 'open';

-- Electronic copies made at the counter. Until the case is registered they belong to the visit; then documents.files has
-- them under the same id.
create table counter.scans (
  id          uuid primary key,
  visit_id    uuid not null references counter.visits,
  line        text not null,                          -- id of the card's document; '' for what is not on the list
  file_name   text not null,
  media_type  text not null,
  size        bigint not null check (size > 0),
  sha256      text not null check (length(sha256) = 64),
  object_key  text not null unique,
  notes       text not null default '',               -- what the scanner of malware said
  uploaded_by uuid not null references access.users,
  uploaded_at timestamptz not null
);
create index scans_visit on counter.scans (visit_id);

-- The description of received documents (опис): the card's list as it was on the day, with what was brought.
create table counter.received (
  case_id  uuid not null references cases.cases,
  position integer not null,
  line     text not null default '',                  -- id of the card's document
  name     text not null,
  name_en  text not null default '',
  given    text not null check (given in ('original', 'copy', 'shown', 'missing', 'not_needed')),
  sheets   integer not null default 0 check (sheets between 0 and 9999),
  primary key (case_id, position)
);

-- An application of the same person for the same service, to which this one was linked when it was filed again.
create table counter.repeats (
  case_id    uuid primary key references cases.cases,
  earlier_id uuid not null references cases.cases,
  check (case_id <> earlier_id)
);
create index repeats_earlier on counter.repeats (earlier_id);

create index applicants_phone on cases.applicants (phone) where phone <> '';
create index applicants_passport on cases.applicants (passport) where passport <> '';
create index applicants_unzr on cases.applicants (unzr) where unzr <> '';

grant usage on schema counter to internal_site;
grant select, insert, update on counter.visits to internal_site;
grant select, insert, delete on counter.scans to internal_site;
grant select, insert on counter.received, counter.repeats to internal_site;
