-- after: cases/003 modules/001
-- What applicants are to be told of their cases. A row is written in the transaction of the act that causes it, by roles
-- that may do nothing else here; the notices worker sends it and keeps what became of it.
create schema notices;

create table notices.outbox (
  event_id     uuid primary key,                      -- the event of the case: it is told once
  case_id      uuid not null references cases.cases,
  kind         text not null check (kind in ('registered', 'suspended', 'message', 'decided', 'result_ready')),
  at           timestamptz not null,
  state        text not null default 'waiting'
               check (state in ('waiting', 'sending', 'sent', 'delivered', 'failed', 'unknown', 'dropped')),
  channel      text not null default '' check (channel in ('', 'email', 'sms')),
  reason       text not null default '',              -- why it failed, waits or was dropped: the name of a message
  detail       text not null default '',              -- what the mail or SMS server answered
  attempts     integer not null default 0,
  next_at      timestamptz not null default now(),
  person       bytea check (length(person) = 32),     -- hash of the address it went to, to count a person's notices
  parts        integer not null default 0,            -- short messages that it was sent as
  sent_at      timestamptz,
  delivered_at timestamptz,
  told_at      timestamptz,                           -- staff told the applicant another way
  told_by      uuid references access.users,
  told_how     text check (told_how in ('phone', 'visit', 'post', 'needless')),
  check ((told_at is null) = (told_by is null) and (told_at is null) = (told_how is null))
);
create index outbox_due on notices.outbox (next_at) where state in ('waiting', 'sending');
create index outbox_case on notices.outbox (case_id, at);
create index outbox_undelivered on notices.outbox (at) where state in ('failed', 'unknown') and told_at is null;
create index outbox_person on notices.outbox (person, sent_at) where person is not null;

-- How the applicant of a case wants to be told. A case without a row is told in Ukrainian, by what contact there is.
create table notices.choices (
  case_id  uuid primary key references cases.cases,
  channel  text not null default '' check (channel in ('', 'email', 'sms', 'none')),
  language text not null default 'uk' check (language in ('uk', 'en'))
);

-- What the SMS centre said of the short messages of a notice. Its answer and its receipt arrive in any order.
create table notices.receipts (
  message_id text primary key,                        -- the SMS centre's
  event_id   uuid references notices.outbox,
  status     text not null default '' check (status in ('', 'delivered', 'failed')),
  detail     text not null default '',
  at         timestamptz not null default now()
);
create index receipts_event on notices.receipts (event_id) where event_id is not null;

grant usage on schema notices to internal_site, intake, notices;
grant insert (event_id, case_id, kind, at) on notices.outbox to internal_site, intake;
grant insert on notices.choices to internal_site, intake;
grant select, update (told_at, told_by, told_how) on notices.outbox to internal_site;
grant select, update on notices.choices to internal_site;

-- The worker holds the credentials of mail and SMS. It reads of a case what a notice says, and of an applicant the address.
grant select, update on notices.outbox to notices;
grant select, insert, update, delete on notices.receipts to notices;
grant select on notices.choices to notices;
grant usage on schema cases, catalogue, org, modules to notices;
grant select (id, number, centre_id, service_id, applicant_id, channel, state, outcome, tracked) on cases.cases to notices;
grant select (case_id, kind, at) on cases.events to notices;
grant select (id, phone, email) on cases.applicants to notices;
grant select (id, name, name_en) on catalogue.services to notices;
grant select (id, name, name_en, address, address_en, phones) on org.centres to notices;
grant select on modules.switches to notices;
