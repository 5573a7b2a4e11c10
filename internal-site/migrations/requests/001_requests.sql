-- after: cases/008 documents/002
-- Requests to authorities (міжвідомчий запит). Whoever works on a case asks an authority for a document or for information;
-- the authority sees of the case what the request carries and nothing else, so the facts are copied into the request and the
-- files are named one by one.

create schema requests;

create table requests.requests (
  id           uuid primary key,
  case_id      uuid not null references cases.cases,
  position     integer not null check (position > 0),  -- within the case; with the case's number it is the request's own
  asker        uuid not null,                          -- the centre or the authority that asks
  asker_kind   text not null check (asker_kind in ('centre', 'authority')),
  authority_id uuid not null references org.authorities, -- that is asked
  document     text not null default '',               -- name of the document on the card's list that is asked for
  document_en  text not null default '',
  asked        text not null,                          -- what is asked, in the words of whoever asks
  facts        jsonb not null default '[]',            -- what the authority learns of the case
  grounds      jsonb not null default '[]',            -- of the card, for which the authority may refuse
  days         integer not null check (days between 1 and 30), -- working days
  due_on       date not null,
  asked_at     timestamptz not null,
  asked_by     uuid not null references access.users,
  state        text not null default 'asked' check (state in ('asked', 'answered', 'refused', 'withdrawn')),
  person       uuid references access.users,           -- who works on the answer
  reminded_at  timestamptz,
  ground       text not null default '',               -- of a refusal
  answer       text not null default '',               -- what the answer, the refusal or the withdrawal says
  file_id      uuid references documents.files,        -- the document that was asked for
  ended_at     timestamptz,
  ended_by     uuid references access.users,
  version      integer not null default 1,
  unique (case_id, position),
  check ((state = 'asked') = (ended_at is null) and (ended_at is null) = (ended_by is null)),
  check (state <> 'refused' or ground <> '' and answer <> ''),
  check (state <> 'answered' or answer <> '' or file_id is not null),
  check (authority_id <> asker)
);
create index requests_asked on requests.requests (authority_id, due_on) where state = 'asked';
create index requests_asker on requests.requests (asker, due_on) where state = 'asked';
create index requests_answered on requests.requests (asker, ended_at) where state in ('answered', 'refused');
create index requests_authority on requests.requests (authority_id, asked_at);

-- The files of the case that go along with a request.
create table requests.files (
  request_id uuid not null references requests.requests,
  file_id    uuid not null references documents.files,
  primary key (request_id, file_id)
);

grant usage on schema requests to internal_site;
grant select, insert, update on requests.requests to internal_site;
grant select, insert on requests.files to internal_site;
