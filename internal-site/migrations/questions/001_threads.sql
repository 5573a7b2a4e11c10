-- Questions to centres and authorities (консультації): who asks whom, and the thread of what was written.

create schema questions;

-- Numbers people read: one counter for each year, locked while a question is registered, so without gaps.
create table questions.counters (
  year integer primary key,
  last integer not null default 0
);

create table questions.threads (
  id             uuid primary key,
  number         text not null unique,
  message_id     uuid not null unique,                -- the submission it came from
  receipt_number text not null,
  centre_id      uuid references org.centres,         -- whoever has to answer: a centre
  authority_id   uuid references org.authorities,     -- or an authority
  service_id     uuid references catalogue.services,  -- what it is about
  topic          text not null,
  name           text not null,                       -- how to address the person
  email          text not null default '',
  phone          text not null default '',
  language       text not null check (language in ('uk', 'en')),
  state          text not null default 'open' check (state in ('open', 'answered', 'closed')),
  asked_at       timestamptz not null,
  registered_at  timestamptz not null default now(),
  due_on         date not null,
  answered_at    timestamptz,
  closed_at      timestamptz,
  recipient      text not null,                       -- age recipient of the person's secret code; what leaves is sealed to it
  tracked        boolean not null default true,       -- the person holds a code, so number and state may leave
  version        integer not null default 1,
  check ((centre_id is null) <> (authority_id is null)),
  check ((state = 'closed') = (closed_at is not null)),
  check (state <> 'answered' or answered_at is not null)
);
create index threads_centre on questions.threads (centre_id, state, due_on);
create index threads_authority on questions.threads (authority_id, state, due_on);
create index threads_service on questions.threads (service_id);
create unique index threads_tracked on questions.threads (id, tracked);
alter table questions.threads replica identity using index threads_tracked;

-- What was written. The text stays inside. What the person is to read is also here sealed to their code, and that leaves.
create table questions.messages (
  id        uuid primary key,
  thread_id uuid not null references questions.threads,
  at        timestamptz not null default now(),
  kind      text not null check (kind in ('question', 'answer', 'closing', 'note')),
  text      text not null,
  author_id uuid,
  author    text not null default '',
  sealed    bytea,
  published boolean not null default false,
  check (published = (sealed is not null)),
  check (published = (kind in ('answer', 'closing')))
);
create index messages_thread on questions.messages (thread_id, at, id);
create unique index messages_published on questions.messages (id, published);
alter table questions.messages replica identity using index messages_published;
alter table questions.messages alter column sealed set storage external; -- sealed bytes do not compress

create table questions.attachments (
  thread_id uuid not null references questions.threads,
  file_id   uuid not null references documents.files,
  primary key (thread_id, file_id)
);

grant usage on schema questions to internal_site, intake;
grant select, update on questions.threads to internal_site;
grant select, insert on questions.messages to internal_site;
grant select on questions.attachments to internal_site;
-- The intake worker opens what strangers sent: it registers questions and reads nothing of them but their numbers.
grant select, insert, update on questions.counters to intake;
grant insert on questions.threads, questions.messages, questions.attachments to intake;
grant select (id, number, message_id) on questions.threads to intake;
