-- after: documents/005
-- Preliminary checks of documents (попередня перевірка): somebody sends the papers that they mean to bring, and the centre says of each
-- whether it will do. It is no application: nothing is decided here.

create schema checks;

-- Numbers people read: one counter for each year, locked while a package is registered, so without gaps.
create table checks.counters (
  year integer primary key,
  last integer not null default 0
);

create table checks.packages (
  id             uuid primary key,
  number         text not null unique,
  message_id     uuid not null unique,                -- the submission it came from
  receipt_number text not null,
  centre_id      uuid not null references org.centres,
  service_id     uuid not null references catalogue.services,
  note           text not null default '',            -- what the person wrote beside the papers
  name           text not null,                       -- how to address the person
  email          text not null default '',
  phone          text not null default '',
  language       text not null check (language in ('uk', 'en')),
  state          text not null default 'open' check (state in ('open', 'answered', 'closed')),
  sent_at        timestamptz not null,
  registered_at  timestamptz not null default now(),
  due_on         date not null,
  answered_at    timestamptz,
  closed_at      timestamptz,
  files_until    date,                                -- the last day on which the files are kept; null until there is an answer
  files_gone_at  timestamptz,                         -- when they were removed
  recipient      text not null,                       -- age recipient of the person's secret code; what leaves is sealed to it
  tracked        boolean not null default true,       -- the person holds a code, so number and state may leave
  version        integer not null default 1,
  check ((state = 'closed') = (closed_at is not null)),
  check (state <> 'answered' or answered_at is not null),
  check ((state = 'open') = (files_until is null)),
  check (files_gone_at is null or files_until is not null)
);
create index packages_centre on checks.packages (centre_id, state, due_on);
create index packages_service on checks.packages (service_id);
create index packages_files on checks.packages (files_until) where files_until is not null and files_gone_at is null;
create unique index packages_tracked on checks.packages (id, tracked);
alter table checks.packages replica identity using index packages_tracked;

-- The papers, in the order of the list of documents, and what was said of each. Without file_id the file is gone.
create table checks.papers (
  id         uuid primary key,
  package_id uuid not null references checks.packages,
  position   integer not null,
  document   text not null default '',             -- id in the card's list; '' when it answers to none
  title      text not null default '',             -- of that document when it came
  title_en   text not null default '',
  file_name  text not null,
  file_id    uuid references documents.files,
  verdict    text not null default '' check (verdict in ('', 'fit', 'mend')),
  remark     text not null default '',
  unique (package_id, position),
  check (verdict <> 'mend' or remark <> '')
);
create index papers_file on checks.papers (file_id);

-- What was answered, each time it was. The words stay inside; sealed to the person's code they leave.
create table checks.answers (
  id         uuid primary key,
  package_id uuid not null references checks.packages,
  at         timestamptz not null default now(),
  kind       text not null check (kind in ('answer', 'closing')),
  text       text not null default '',
  author_id  uuid not null references access.users,
  author     text not null,
  sealed     bytea not null,
  published  boolean not null default true
);
create index answers_package on checks.answers (package_id, at, id);
create unique index answers_published on checks.answers (id, published);
alter table checks.answers replica identity using index answers_published;
alter table checks.answers alter column sealed set storage external; -- sealed bytes do not compress

-- Packages whose files were kept long enough: the worker that may remove objects asks for them, removes the objects, and then says so.
-- It can neither choose others, nor name another day, nor learn anything of them but the objects' keys.
create function checks.due_files(most integer) returns table (package_id uuid, object_key text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p.id, f.object_key
  from (select id from checks.packages where files_until < (now() at time zone 'Europe/Kyiv')::date and files_gone_at is null order by files_until, id limit due_files.most) p
  left join checks.papers r on r.package_id = p.id
  left join documents.files f on f.id = r.file_id and f.bucket = 'quarantine'
$$;

create function checks.forget_files(package uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  gone uuid[];
begin
  update checks.packages set files_gone_at = now(), version = version + 1
  where id = forget_files.package and files_until < (now() at time zone 'Europe/Kyiv')::date and files_gone_at is null;
  if not found then
    return false;
  end if;
  select coalesce(array_agg(file_id), '{}') into gone from checks.papers where package_id = forget_files.package and file_id is not null;
  update checks.papers set file_id = null, file_name = '' where package_id = forget_files.package;
  delete from documents.signatures where file_id = any(gone) or content_id = any(gone);
  delete from documents.files where id = any(gone) and bucket = 'quarantine' and purpose = 'received' and case_id is null;
  return true;
end $$;
revoke all on function checks.due_files, checks.forget_files from public;
grant execute on function checks.due_files, checks.forget_files to intake;

grant usage on schema checks to internal_site, intake;
grant select, update on checks.packages, checks.papers to internal_site;
grant select, insert on checks.answers to internal_site;
-- The intake worker opens what strangers sent: it registers packages and reads nothing of them but their numbers.
grant select, insert, update on checks.counters to intake;
grant insert on checks.packages, checks.papers to intake;
grant select (id, number, message_id) on checks.packages to intake;
