-- Sealed submissions inside: handed over by the fetcher, opened by the intake worker, and what staff decide about
-- those that could not become a case.

create schema intake;

create table intake.messages (
  id              uuid primary key,
  kind            text not null,
  receipt_number  text not null unique,
  key_id          text not null,
  envelope        bytea not null,
  envelope_sha256 bytea not null check (envelope_sha256 = sha256(envelope)),
  attachments     jsonb not null check (jsonb_typeof(attachments) = 'array'), -- [{"key","size","sha256"}] in bucket quarantine
  submitted_at    timestamptz not null,
  received_at     timestamptz not null default now(),
  state           text not null default 'waiting' check (state in ('waiting', 'registered', 'held', 'refused', 'closed')),
  attempts        integer not null default 0,
  failures        integer not null default 0,        -- attempts that ended in an error of ours, not of a neighbour
  next_attempt_at timestamptz not null default now(),
  waiting_for     text not null default '',          -- last reason for trying again, technical, nobody's data
  times_seen      integer not null default 1,
  finished_at     timestamptz
);
create index messages_due on intake.messages (next_attempt_at) where state = 'waiting';
alter table intake.messages alter column envelope set storage external;

-- A message whose id or receipt number was seen with other content. Kept as it came; never opened by itself.
create table intake.conflicts (
  id              bigint generated always as identity primary key,
  message_id      uuid not null,
  kind            text not null,
  receipt_number  text not null,
  key_id          text not null,
  envelope        bytea not null,
  envelope_sha256 bytea not null,
  attachments     jsonb not null,
  submitted_at    timestamptz not null,
  received_at     timestamptz not null default now(),
  unique (message_id, envelope_sha256)
);
alter table intake.conflicts alter column envelope set storage external;

-- The staff queue: what did not become a case, and why. service_id and centre_id are known when the envelope opened.
create table intake.refusals (
  id             uuid primary key default gen_random_uuid(),
  source         text not null check (source in ('refused', 'damaged', 'conflict')),
  message_id     uuid not null,
  receipt_number text not null,
  kind           text not null default '',
  reason         text not null,                      -- key of the text in the intake catalogue
  detail         text not null default '',           -- for staff: which field, which file, which check
  service_id     uuid references catalogue.services,
  centre_id      uuid references org.centres,
  submitted_at   timestamptz not null,
  created_at     timestamptz not null default now(),
  state          text not null default 'open' check (state in ('open', 'retried', 'refused', 'closed')),
  decided_at     timestamptz,
  decided_by     uuid,
  note           text not null default '',
  version        integer not null default 1,
  check ((state = 'open') = (decided_at is null))
);
create index refusals_open on intake.refusals (created_at) where state = 'open';
create index refusals_message on intake.refusals (message_id);
create unique index refusals_conflict_once on intake.refusals (message_id, detail) where source = 'conflict';

create function intake.attachments_valid(message_id uuid, attachments jsonb) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select jsonb_typeof(attachments) = 'array' and jsonb_array_length(attachments) <= 20 and not exists (
    select 1 from jsonb_array_elements(attachments) as a(file)
    where jsonb_typeof(file) <> 'object'
       or coalesce(file ->> 'key', '') !~ ('^' || message_id || '/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
       or coalesce(file ->> 'sha256', '') !~ '^[0-9a-f]{64}$'
       or coalesce(file ->> 'size', '') !~ '^[1-9][0-9]{0,8}$')
$$;

-- Hands one message over. 'new': kept; 'seen': the same message again, counted and ignored; 'conflict': its id or its
-- receipt number is known with other content, kept aside for staff. Whatever it answers, the message is durable when
-- the caller's transaction is, so the outside copy may be erased.
create function intake.receive(id uuid, kind text, receipt_number text, key_id text, envelope bytea, envelope_sha256 bytea,
                               attachments jsonb, submitted_at timestamptz) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  if octet_length(receive.envelope) > 300000 or length(receive.kind) > 40 or length(receive.receipt_number) > 40
     or length(receive.key_id) > 40 or not intake.attachments_valid(receive.id, receive.attachments) then
    raise exception 'message % is beyond the limits of the inbound channel', receive.id using errcode = 'check_violation';
  end if;
  if receive.envelope_sha256 is distinct from sha256(receive.envelope) then
    raise exception 'message % differs from its hash', receive.id using errcode = 'check_violation';
  end if;
  insert into intake.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments, submitted_at)
  select receive.id, receive.kind, receive.receipt_number, receive.key_id, receive.envelope, receive.envelope_sha256,
         receive.attachments, receive.submitted_at
  where not exists (select from submission.answers a
                    where a.receipt_number = receive.receipt_number and a.message_id <> receive.id)
  on conflict do nothing;
  if found then
    perform pg_notify('intake_message', '');
    return 'new';
  end if;
  update intake.messages m set times_seen = m.times_seen + 1
  where m.id = receive.id and m.envelope_sha256 = receive.envelope_sha256 and m.kind = receive.kind
    and m.receipt_number = receive.receipt_number;
  if found then
    return 'seen';
  end if;
  insert into intake.conflicts (message_id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments, submitted_at)
  values (receive.id, receive.kind, receive.receipt_number, receive.key_id, receive.envelope, receive.envelope_sha256,
          receive.attachments, receive.submitted_at)
  on conflict do nothing;
  insert into intake.refusals (source, message_id, receipt_number, kind, reason, detail, submitted_at)
  values ('conflict', receive.id, receive.receipt_number, receive.kind, 'intake.reason.conflict',
          encode(receive.envelope_sha256, 'hex'), receive.submitted_at)
  on conflict do nothing;
  return 'conflict';
end $$;

-- A message that the fetcher cannot bring whole (an attachment is gone or differs from its hash). Staff see it, and
-- the citizen is told that a person looks at it.
create function intake.receive_damaged(id uuid, receipt_number text, reason text, submitted_at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  if exists (select 1 from intake.messages m where m.id = receive_damaged.id)
     or exists (select 1 from intake.refusals r where r.message_id = receive_damaged.id and r.source = 'damaged') then
    return;
  end if;
  insert into intake.refusals (source, message_id, receipt_number, reason, detail, submitted_at)
  values ('damaged', receive_damaged.id, left(receive_damaged.receipt_number, 40), 'intake.reason.damaged',
          left(receive_damaged.reason, 500), receive_damaged.submitted_at);
  insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en)
  values (receive_damaged.id, left(receive_damaged.receipt_number, 40), '', 'held',
          'Заяву отримано не повністю. Її передано працівнику, який зв’яжеться з вами або попросить подати її ще раз.',
          'Your application arrived incomplete. It was handed to a member of staff, who will contact you or ask you to send it again.')
  on conflict do nothing;
end $$;

revoke all on all functions in schema intake from public;
grant usage on schema intake to fetcher, intake, internal_site;
grant execute on function intake.receive, intake.receive_damaged to fetcher;

grant select, update on intake.messages to intake;
grant select, insert, update on intake.refusals to intake;
-- Staff pages see the queue, not the envelopes, which they could not open anyway.
grant select (id, kind, receipt_number, key_id, attachments, submitted_at, received_at, state, attempts, failures,
              next_attempt_at, waiting_for, times_seen, finished_at) on intake.messages to internal_site;
grant update (state, next_attempt_at, failures, finished_at) on intake.messages to internal_site;
grant select on intake.refusals to internal_site;
grant update (state, decided_at, decided_by, note, version) on intake.refusals to internal_site;
grant select (id, message_id, kind, receipt_number, key_id, envelope_sha256, submitted_at, received_at) on intake.conflicts to internal_site;
