-- Cases: applicants, stages, events, and the answers that citizens see by their receipt.

create schema cases;

create table cases.applicants (
  id         uuid primary key,
  kind       text not null check (kind in ('person', 'entrepreneur', 'entity')),
  surname    text not null default '',
  given_name text not null default '',
  patronymic text not null default '',                -- some people have none
  entity     text not null default '',                -- name of the entity
  tax_number text not null default '',                -- РНОКПП; some people have none
  edrpou     text not null default '',
  unzr       text not null default '',
  passport   text not null default '',
  address    text not null default '',
  phone      text not null default '',
  email      text not null default '',
  created_at timestamptz not null default now()
);
create index applicants_name on cases.applicants (lower(surname), lower(given_name));
create index applicants_tax_number on cases.applicants (tax_number) where tax_number <> '';
create index applicants_edrpou on cases.applicants (edrpou) where edrpou <> '';

-- Numbers people read: one counter for each centre and year, locked while a case is registered, so without gaps.
create table cases.counters (
  centre_id uuid not null references org.centres,
  year      integer not null,
  last      integer not null default 0,
  primary key (centre_id, year)
);

create table cases.cases (
  id             uuid primary key,
  number         text not null unique,
  centre_id      uuid not null references org.centres,
  authority_id   uuid not null references org.authorities,
  service_id     uuid not null references catalogue.services,
  card_id        uuid not null references catalogue.cards,
  tech_card_id   uuid references catalogue.tech_cards,
  form_id        uuid references catalogue.forms,
  applicant_id   uuid not null references cases.applicants,
  channel        text not null check (channel in ('counter', 'online')),
  message_id     uuid unique,                         -- the submission it came from
  receipt_number text not null default '',
  state          text not null default 'registered'
                 check (state in ('registered', 'in_progress', 'suspended', 'decided', 'issued', 'closed')),
  outcome        text not null default '' check (outcome in ('', 'granted', 'refused')),
  refusal_ground text not null default '',            -- id of the ground in the card
  decision_note  text not null default '',
  answers        jsonb not null default '{}',         -- the form as the applicant filled it in
  filed_at       timestamptz not null,
  registered_at  timestamptz not null default now(),
  due_on         date not null,
  decided_at     timestamptz,
  closed_at      timestamptz,
  assigned_to    uuid references access.users,        -- the officer who works on it
  internal_notes text not null default '',
  code_hash      bytea check (length(code_hash) = 32),-- SHA-256 of the applicant's secret code
  recipient      text not null default '',            -- age recipient derived from that code; results are sealed to it
  tracked        boolean not null default false,      -- the applicant holds a code, so number and stages may leave
  version        integer not null default 1,
  check (tracked = (code_hash is not null)),
  check (state not in ('decided', 'issued') or outcome <> '')
);
create index cases_centre on cases.cases (centre_id, state, due_on);
create index cases_authority on cases.cases (authority_id, state, due_on);
create index cases_service on cases.cases (service_id);
create index cases_applicant on cases.cases (applicant_id);
create unique index cases_tracked on cases.cases (id, tracked);
alter table cases.cases replica identity using index cases_tracked;

create table cases.stages (
  id           uuid primary key,
  case_id      uuid not null references cases.cases,
  position     integer not null,
  name         text not null,
  name_en      text not null default '',
  action       text not null check (action in ('executes', 'takes_part', 'agrees', 'approves')), -- В, У, П, З
  authority_id uuid references org.authorities,       -- null: the centre itself
  official     text not null default '',
  days         integer not null default 0,
  state        text not null default 'waiting' check (state in ('waiting', 'active', 'done', 'skipped')),
  started_at   timestamptz,
  due_on       date,
  finished_at  timestamptz,
  finished_by  uuid references access.users,
  note         text not null default '',
  tracked      boolean not null default false,
  unique (case_id, position)
);
create unique index stages_tracked on cases.stages (id, tracked);
alter table cases.stages replica identity using index stages_tracked;

-- What happened. Public events are written for the applicant to read and hold nobody's data.
create table cases.events (
  id        uuid primary key,
  case_id   uuid not null references cases.cases,
  at        timestamptz not null default now(),
  kind      text not null check (kind in ('registered', 'assigned', 'stage_started', 'stage_finished', 'suspended', 'resumed',
                                          'extended', 'message', 'result_ready', 'decided', 'issued', 'closed', 'note')),
  text      text not null default '',
  text_en   text not null default '',
  actor_id  uuid,
  actor     text not null default '',
  published boolean not null default false
);
create index events_case on cases.events (case_id, at);
create unique index events_published on cases.events (id, published);
alter table cases.events replica identity using index events_published;

alter table documents.files add foreign key (case_id) references cases.cases;
alter table documents.files add foreign key (service_id) references catalogue.services;

create schema submission;

-- What became of each submission, keyed by its message: the citizen's page shows it at once.
create table submission.answers (
  message_id     uuid primary key,
  receipt_number text not null unique,
  kind           text not null,
  outcome        text not null check (outcome in ('registered', 'held', 'refused')),
  reason         text not null default '',            -- for the citizen, plain words
  reason_en      text not null default '',
  case_id        uuid,
  case_number    text not null default '',
  code_hash      bytea check (length(code_hash) = 32),-- null when the envelope could not be opened
  answered_at    timestamptz not null default now(),
  internal_notes text not null default ''
);

grant usage on schema cases, submission to internal_site, intake;
grant select, insert, update on all tables in schema cases to internal_site;
grant select, insert, update on submission.answers to internal_site, intake;
grant select, insert on cases.applicants, cases.cases, cases.stages, cases.events to intake;
grant select, insert, update on cases.counters to intake;
