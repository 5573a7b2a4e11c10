-- Legal acts, and the register of every file; the bytes are in the object store.

create schema law;

create table law.acts (
  id         uuid primary key,
  title      text not null,
  title_en   text not null default '',
  kind       text not null default 'act' check (kind in ('constitution', 'code', 'law', 'resolution', 'order', 'decision', 'act')),
  number     text not null default '',
  issuer     text not null default '',
  adopted_on date,
  level      text not null default 'state' check (level in ('state', 'regional', 'local')),
  url        text not null default '' check (url = '' or url ~ '^https?://'),
  notes      text not null default '',
  published  boolean not null default false,
  version    integer not null default 1,
  updated_at timestamptz not null default now()
);
create unique index acts_published on law.acts (id, published);
alter table law.acts replica identity using index acts_published;

create schema documents;

-- purpose: template, a form to download · received, came from the applicant · result, the original of an
-- administrative act · sealed_result, that act sealed for its owner, the only personal file that may leave.
create table documents.files (
  id          uuid primary key,
  purpose     text not null check (purpose in ('template', 'received', 'result', 'sealed_result')),
  title       text not null,
  title_en    text not null default '',
  file_name   text not null,
  media_type  text not null,
  size        bigint not null check (size >= 0),
  sha256      text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  bucket      text not null default 'documents' check (bucket in ('documents', 'quarantine')),
  object_key  text not null,
  service_id  uuid,
  case_id     uuid,
  uploaded_by uuid,
  uploaded_at timestamptz not null default now(),
  notes       text not null default '',
  published   boolean not null default false,
  unique (bucket, object_key),
  check (not published or (bucket = 'documents' and purpose in ('template', 'sealed_result')))
);
create index files_case on documents.files (case_id);
create index files_service on documents.files (service_id);
create unique index files_published on documents.files (id, published);
alter table documents.files replica identity using index files_published;

grant usage on schema law, documents to internal_site, intake;
grant select, insert, update, delete on law.acts to internal_site;
grant select on law.acts to intake;
grant select, insert, update on documents.files to internal_site;
grant select, insert on documents.files to intake;
