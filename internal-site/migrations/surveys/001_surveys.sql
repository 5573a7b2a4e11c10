-- after: cases/033 catalogue/001
-- Surveys of what people think of the centres' work, made by staff, and what was answered after finished cases.

create schema surveys;

create table surveys.surveys (
  id            uuid primary key,
  title         text not null,
  title_en      text not null,
  about         text not null default '',             -- before the first question
  about_en      text not null default '',
  service_id    uuid references catalogue.services,   -- null: about any
  centre_id     uuid references org.centres,          -- null: about any
  questions     jsonb not null default '[]',          -- contract.SurveyQuestion each
  keys          integer not null default 0,           -- of questions, given so far
  first_day     date not null,
  last_day      date,                                 -- null: until it is closed
  results_after boolean not null default false,       -- nobody sees results before it is closed
  state         text not null default 'draft' check (state in ('draft', 'published', 'closed')),
  published     boolean not null default false,
  version       integer not null default 1,
  created_at    timestamptz not null default now(),
  closed_at     timestamptz,
  check (published = (state <> 'draft')),
  check ((state = 'closed') = (closed_at is not null)),
  check (last_day >= first_day)
);
create unique index surveys_published on surveys.surveys (id, published);
alter table surveys.surveys replica identity using index surveys_published;

-- One row for each who answered, by a random id that no other row has; only the day, as the minute would find the case in the trail.
create table surveys.answers (
  id         uuid primary key,
  survey_id  uuid not null references surveys.surveys,
  service_id uuid not null references catalogue.services,
  centre_id  uuid not null references org.centres,
  day        date not null
);
create index answers_survey on surveys.answers (survey_id, day);

create table surveys.values (
  answer_id uuid not null references surveys.answers,
  question  text not null,
  value     text not null,
  primary key (answer_id, question)
);

-- Which cases were rated, so that each is once. It names no answer, and goes when the case can be rated no more.
create table surveys.rated (
  case_id    uuid primary key references cases.cases,
  message_id uuid not null unique,
  day        date not null
);
create index rated_day on surveys.rated (day);

-- Surveys with answers that their figures do not count yet.
create table surveys.waiting (
  survey_id uuid primary key references surveys.surveys
);

-- What everybody may know: how often each value was given, of all, of a service, of a centre. Only with answers enough.
create table surveys.figures (
  id         uuid primary key,
  survey_id  uuid not null references surveys.surveys,
  service_id uuid references catalogue.services,
  centre_id  uuid references org.centres,
  answered   integer not null,
  tallies    jsonb not null,                          -- contract.Tallies, without words
  day        date not null,                           -- on which they were counted
  published  boolean not null default true,
  unique nulls not distinct (survey_id, service_id, centre_id),
  check (service_id is null or centre_id is null)
);
create unique index figures_published on surveys.figures (id, published);
alter table surveys.figures replica identity using index figures_published;

grant usage on schema surveys to internal_site, intake;
grant select, insert, update on surveys.surveys, surveys.figures to internal_site;
grant select on surveys.answers, surveys.values to internal_site;
grant select (survey_id), delete on surveys.waiting to internal_site;
grant insert (survey_id) on surveys.waiting to internal_site;
grant select (day), delete on surveys.rated to internal_site;
-- The intake worker opens what strangers sent: it adds answers and reads none.
grant select on surveys.surveys to intake;
grant insert on surveys.answers, surveys.values to intake;
grant select (case_id, message_id), insert on surveys.rated to intake;
grant select, insert on surveys.waiting to intake;
grant select (service_id, outcome, state, decided_at, closed_at) on cases.cases to intake;
