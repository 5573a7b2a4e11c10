-- The inbound channel takes submissions of any kind and believes nothing: answers are about a subject and go by message
-- id, a message counts from its arrival here, a flood waits for a person, and a message whose number or id was taken by
-- another can still be opened.

-- What a submission became: its kind's subject. The case columns stay filled for cases until a later release.
alter table submission.answers
  add column subject        text not null default '',
  add column subject_id     uuid,
  add column subject_number text not null default '';
update submission.answers set subject = 'case', subject_id = case_id, subject_number = case_number where case_id is not null;

-- Whoever rules the outside can write a citizen's receipt number into a message of their own. An answer belongs to a
-- message, so the number need not be unique here.
alter table submission.answers drop constraint answers_receipt_number_key;
create index answers_receipt on submission.answers (receipt_number);

alter table intake.messages
  add column released    boolean not null default false,               -- a person let it through: it needs no allowance
  add column sealed_id   uuid,                                         -- id its envelope was sealed under, where that is another's
  add column conflict_id bigint unique references intake.conflicts;    -- staff opened it although another had its number
alter table intake.messages drop constraint messages_receipt_number_key;
create unique index messages_receipt on intake.messages (receipt_number) where conflict_id is null;
create index messages_number on intake.messages (receipt_number);

-- How many messages of a kind were handled for a centre or authority, hour by hour (all zeros: for none that is known).
create table intake.inflow (
  kind     text not null,
  place    uuid not null,
  hour     timestamptz not null,
  messages integer not null,
  primary key (kind, place, hour)
);

create index refusals_reason on intake.refusals (reason, kind, created_at) where state = 'open';
create index refusals_receipt on intake.refusals (receipt_number);

grant select, insert, update, delete on intake.inflow to intake;
grant select on intake.inflow to internal_site;
grant update (released) on intake.messages to internal_site;

-- Says of a message of this id whether it is inside: '' not at all, 'same' with this envelope, 'other' with another one
-- only. The attachments of one that is inside must not be touched by another's.
create function intake.known(id uuid, envelope_sha256 bytea) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case
    when exists (select from intake.messages m where m.id = known.id and m.envelope_sha256 = known.envelope_sha256)
      or exists (select from intake.conflicts c where c.message_id = known.id and c.envelope_sha256 = known.envelope_sha256) then 'same'
    when exists (select from intake.messages m where m.id = known.id)
      or exists (select from intake.conflicts c where c.message_id = known.id) then 'other'
    else '' end
$$;

-- As before, with two differences. A receipt number that only an answer bears keeps nobody out. And the citizen whose
-- number was taken by another message is told that a person looks at theirs.
create or replace function intake.receive(id uuid, kind text, receipt_number text, key_id text, envelope bytea, envelope_sha256 bytea,
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
  values (receive.id, receive.kind, receive.receipt_number, receive.key_id, receive.envelope, receive.envelope_sha256,
          receive.attachments, receive.submitted_at)
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
          encode(receive.envelope_sha256, 'hex'), least(receive.submitted_at, now()))
  on conflict do nothing;
  insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en)
  select receive.id, receive.receipt_number, receive.kind, 'held',
         'Звернення отримано, але раніше надійшло інше з таким самим номером. Його перевірить працівник. Подавати ще раз не потрібно.',
         'Your submission has arrived, but another one with the same number came before it. A member of staff will look at it. You do not need to send it again.'
  where not exists (select from intake.messages m where m.id = receive.id)
  on conflict do nothing;
  return 'conflict';
end $$;

-- Puts the message of a conflict into the queue of the intake worker, as one of its own. It keeps its id unless the
-- other message bears that too. Returns the id, null when the entry is none of a conflict.
create function intake.open_conflict(entry uuid) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  c intake.conflicts;
  opened uuid;
begin
  select x.* into c from intake.refusals r
  join intake.conflicts x on x.message_id = r.message_id and encode(x.envelope_sha256, 'hex') = r.detail
  where r.id = open_conflict.entry and r.source = 'conflict';
  if not found then
    return null;
  end if;
  opened := case when exists (select from intake.messages m where m.id = c.message_id) then gen_random_uuid() else c.message_id end;
  insert into intake.messages (id, sealed_id, conflict_id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments,
                               submitted_at, received_at, released)
  values (opened, c.message_id, c.id, c.kind, c.receipt_number, c.key_id, c.envelope, c.envelope_sha256, c.attachments,
          c.submitted_at, c.received_at, true);
  perform pg_notify('intake_message', '');
  return opened;
end $$;

-- As before, but staff see no more than a thousand at a time, as whoever rules the outside can offer any number; the
-- rest waits outside and is offered again. The answer goes by message id, whoever else bears the receipt number.
create or replace function intake.receive_damaged(id uuid, receipt_number text, reason text, submitted_at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  if exists (select 1 from intake.messages m where m.id = receive_damaged.id)
     or exists (select 1 from intake.refusals r where r.message_id = receive_damaged.id and r.source = 'damaged')
     or intake.damaged() >= 1000 then
    return;
  end if;
  insert into intake.refusals (source, message_id, receipt_number, reason, detail, submitted_at)
  values ('damaged', receive_damaged.id, left(receive_damaged.receipt_number, 40), 'intake.reason.damaged',
          left(receive_damaged.reason, 500), least(receive_damaged.submitted_at, now()));
  insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en)
  values (receive_damaged.id, left(receive_damaged.receipt_number, 40), '', 'held',
          'Звернення отримано не повністю. Його передано працівнику, який зв’яжеться з вами або попросить подати його ще раз.',
          'Your submission arrived incomplete. It was handed to a member of staff, who will contact you or ask you to send it again.')
  on conflict do nothing;
end $$;

revoke all on function intake.known, intake.open_conflict from public;
grant execute on function intake.known to fetcher;
grant execute on function intake.open_conflict to internal_site;
