-- The replica: the whitelisted columns of the authoritative tables, under the same names. Only syncer_writer
-- writes here. No foreign keys: rows of one source transaction arrive together, but a row filter may keep the
-- other end of a reference inside.

create schema org;
create schema law;
create schema documents;
create schema catalogue;
create schema cases;
create schema submission;

create table org.units (
  code text primary key, parent_code text, level smallint not null, category text not null, name text not null
);
create index units_parent on org.units (parent_code);

create table org.authorities (
  id uuid primary key, code text not null, edrpou text not null, name text not null, name_en text not null,
  short_name text not null, short_name_en text not null, level text not null, unit_code text,
  address text not null, address_en text not null, phones text[] not null, email text not null, site text not null,
  schedule jsonb not null, people jsonb not null, published boolean not null, updated_at timestamptz not null
);
create unique index authorities_code on org.authorities (code);

create table org.centres (
  id uuid primary key, code text not null, name text not null, name_en text not null, unit_code text,
  address text not null, address_en text not null, directions text not null, directions_en text not null,
  phones text[] not null, email text not null, site text not null, latitude numeric(9, 6), longitude numeric(9, 6),
  schedule jsonb not null, people jsonb not null, published boolean not null, updated_at timestamptz not null
);
create unique index centres_code on org.centres (code);

create table law.acts (
  id uuid primary key, title text not null, title_en text not null, kind text not null, number text not null,
  issuer text not null, adopted_on date, level text not null, url text not null, published boolean not null
);

create table catalogue.categories (
  id uuid primary key, code text not null, parent_id uuid, name text not null, name_en text not null, position integer not null
);
create index categories_parent on catalogue.categories (parent_id);

create table catalogue.life_situations (
  id uuid primary key, code text not null, name text not null, name_en text not null,
  description text not null, description_en text not null, position integer not null
);

create table catalogue.services (
  id uuid primary key, code text not null, name text not null, name_en text not null, summary text not null,
  summary_en text not null, keywords text not null, category_id uuid, authority_id uuid, applicant_types text[] not null,
  quick boolean not null, published boolean not null, updated_at timestamptz not null
);
create index services_code on catalogue.services (code);
create index services_category on catalogue.services (category_id);
create index services_authority on catalogue.services (authority_id);

create table catalogue.service_situations (
  service_id uuid not null, situation_id uuid not null, primary key (service_id, situation_id)
);
create index service_situations_situation on catalogue.service_situations (situation_id);

create table catalogue.service_centres (
  service_id uuid not null, centre_id uuid not null, primary key (service_id, centre_id)
);
create index service_centres_centre on catalogue.service_centres (centre_id);

create table catalogue.cards (
  id uuid primary key, service_id uuid not null, number integer not null, effective_from date not null,
  content jsonb not null, published_at timestamptz, published boolean not null
);
create index cards_service on catalogue.cards (service_id, effective_from desc, number desc);

create table catalogue.tech_cards (
  id uuid primary key, service_id uuid not null, number integer not null, effective_from date not null,
  content jsonb not null, published_at timestamptz, published boolean not null
);
create index tech_cards_service on catalogue.tech_cards (service_id, effective_from desc, number desc);

create table catalogue.forms (
  id uuid primary key, service_id uuid not null, number integer not null, effective_from date not null,
  schema jsonb not null, published boolean not null
);
create index forms_service on catalogue.forms (service_id, effective_from desc, number desc);

create table documents.files (
  id uuid primary key, purpose text not null, title text not null, title_en text not null, file_name text not null,
  media_type text not null, size bigint not null, sha256 text not null, object_key text not null,
  service_id uuid, case_id uuid, uploaded_at timestamptz not null, published boolean not null
);
create index files_case on documents.files (case_id);

create table cases.cases (
  id uuid primary key, number text not null, receipt_number text not null, centre_id uuid not null,
  authority_id uuid not null, service_id uuid not null, channel text not null, state text not null, outcome text not null,
  filed_at timestamptz not null, registered_at timestamptz not null, due_on date not null,
  decided_at timestamptz, closed_at timestamptz, code_hash bytea, tracked boolean not null
);
create index cases_number on cases.cases (number);
create index cases_receipt on cases.cases (receipt_number) where receipt_number <> '';

create table cases.stages (
  id uuid primary key, case_id uuid not null, position integer not null, name text not null, name_en text not null,
  action text not null, authority_id uuid, days integer not null, state text not null,
  started_at timestamptz, due_on date, finished_at timestamptz, tracked boolean not null
);
create index stages_case on cases.stages (case_id, position);

create table cases.events (
  id uuid primary key, case_id uuid not null, at timestamptz not null, kind text not null,
  text text not null, text_en text not null, published boolean not null
);
create index events_case on cases.events (case_id, at);

create table submission.answers (
  message_id uuid primary key, receipt_number text not null, kind text not null, outcome text not null,
  reason text not null, reason_en text not null, case_id uuid, case_number text not null, code_hash bytea,
  answered_at timestamptz not null
);
create index answers_receipt on submission.answers (receipt_number);

-- Wall 3: the writer may touch exactly these tables; the public binary may only read them.
grant usage on schema org, law, documents, catalogue, cases, submission to syncer_writer, external_site;
grant select, insert, update, delete, truncate on all tables in schema org, law, documents, catalogue, cases, submission to syncer_writer;
grant select on all tables in schema org, law, documents, catalogue, cases, submission to external_site;
