-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

create schema if not exists surveys;
grant usage on schema surveys to syncer_writer, external_site;

create table surveys.figures (
  id uuid not null,
  survey_id uuid not null,
  service_id uuid,
  centre_id uuid,
  answered integer not null,
  tallies jsonb not null,
  day date not null,
  published boolean not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on surveys.figures to syncer_writer;
grant select on surveys.figures to external_site;

create table surveys.surveys (
  id uuid not null,
  title text not null,
  title_en text not null,
  about text not null,
  about_en text not null,
  service_id uuid,
  centre_id uuid,
  questions jsonb not null,
  first_day date not null,
  last_day date,
  state text not null,
  published boolean not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on surveys.surveys to syncer_writer;
grant select on surveys.surveys to external_site;
