-- What applicants are asked for while the work on their case stands still, and what they answer.
insert into cases.event_kinds values ('replied'), ('withdrawal_asked'), ('papers_added');

-- What a suspension asks for, under the id of its event. For the applicant it stands in events.asked as well, sealed to their
-- code, and that leaves.
create table cases.corrections (
  id        uuid primary key,
  case_id   uuid not null references cases.cases,
  ground    text not null default '',                 -- id of the ground in the card; '': in words of staff
  documents text[] not null default '{}',             -- ids in the card's list
  fields    text[] not null default '{}',             -- names in the form
  form      jsonb,                                    -- these fields as a form of one page
  until     date,
  confirm   boolean not null default false,           -- a reply waits for a person before the clock runs again
  asked_at  timestamptz not null,
  asked_by  uuid references access.users,
  check ((form is null) = (fields = '{}'))
);
create index corrections_case on cases.corrections (case_id, asked_at);

-- What an applicant sent, or brought to the counter. The intake worker puts a reply down here; it takes effect on the case when
-- the site takes it, so that whatever opens what strangers send needs no right to change a case.
create table cases.replies (
  id             uuid primary key,
  case_id        uuid not null references cases.cases,
  message_id     uuid unique,                         -- the message it came in; null at the counter
  receipt_number text not null default '',
  correction_id  uuid references cases.corrections,   -- what it answers
  purpose        text not null check (purpose in ('answer', 'withdrawal')),
  text           text not null default '',
  answers        jsonb not null default '{}',         -- the corrected ones
  former         jsonb not null default '{}',         -- what stood in their place, written when the reply is taken
  sent_at        timestamptz not null,
  received_at    timestamptz not null default now(),
  taken_at       timestamptz,
  entered_by     uuid references access.users         -- who took it at the counter
);
create index replies_case on cases.replies (case_id, received_at);
create index replies_waiting on cases.replies (received_at) where taken_at is null;

create table cases.reply_files (
  reply_id uuid not null references cases.replies,
  file_id  uuid not null references documents.files,
  document text not null default '',                  -- id in the card's list; '': another paper
  primary key (reply_id, file_id)
);

alter table cases.events add column asked bytea, add constraint events_asked check (asked is null or published);
alter table cases.events alter column asked set storage external; -- sealed bytes do not compress

grant select, insert on cases.corrections, cases.reply_files to internal_site;
grant select, insert, update (former, taken_at) on cases.replies to internal_site;
-- The intake worker learns of a case no more than it takes to see whose reply it holds, and to judge it.
grant select (code_hash, centre_id, authority_id, card_id) on cases.cases to intake;
grant select (id, case_id, form) on cases.corrections to intake;
grant select (id, case_id, message_id), insert on cases.replies to intake;
grant insert on cases.reply_files to intake;
