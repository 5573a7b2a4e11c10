-- after: access/001
-- Staff reach whoever sent what could not be taken: an entry says who that is where the envelope could be opened, and
-- a question to an authority stands in that authority's queue. Clerks see the entries of their place (intake.view),
-- and whoever decides about them can say so to the citizen. And what waits inside is bounded.

alter table intake.refusals
  add column authority_id uuid references org.authorities,
  add column applicant    text not null default '',        -- as the envelope said it; nobody has proved it
  add column phone        text not null default '',
  add column email        text not null default '';
create index refusals_authority on intake.refusals (authority_id) where state = 'open' and authority_id is not null;

-- Closed: staff dealt with it in another way, and the citizen is told how.
alter table submission.answers drop constraint answers_outcome_check;
alter table submission.answers add constraint answers_outcome_check check (outcome in ('registered', 'held', 'refused', 'closed'));

-- Whoever may decide about entries may see them; heads of authorities decide about what was sent to them.
insert into access.group_rights (group_code, action, reach)
select group_code, 'intake.view', reach from access.group_rights where action = 'intake.handle'
union all select code, 'intake.handle', 'own' from access.groups where code = 'authority_head'
on conflict do nothing;

-- What waits inside: messages that nobody has taken, and conflicts that nobody has decided about. Whoever rules the
-- outside can send any number, so both are bounded; what is beyond waits outside, where it keeps until there is room.
create table intake.room (
  only_one boolean primary key default true check (only_one),
  messages integer not null default 50000 check (messages > 0),
  bytes    bigint not null default 34359738368 check (bytes > 0)   -- 32 GiB, attachments in quarantine included
);
insert into intake.room default values;

alter table intake.messages add column bytes bigint not null default 0;   -- envelope and attachments
alter table intake.conflicts
  add column bytes   bigint not null default 0,
  add column decided boolean not null default false;                     -- staff opened it, or closed its entry

create function intake.weight(envelope bytea, attachments jsonb) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select octet_length(envelope) + coalesce((select sum((file ->> 'size')::bigint) from jsonb_array_elements(attachments) as a(file)), 0)::bigint
$$;
update intake.messages set bytes = intake.weight(envelope, attachments) where state in ('waiting', 'held');
update intake.conflicts c set bytes = intake.weight(envelope, attachments), decided = not exists (
  select from intake.refusals r where r.source = 'conflict' and r.message_id = c.message_id
     and r.detail = encode(c.envelope_sha256, 'hex') and r.state = 'open');

create index messages_room on intake.messages (bytes) where state in ('waiting', 'held');
create index conflicts_room on intake.conflicts (bytes) where not decided;

-- How much waits inside, and how much may.
create function intake.filled(out messages bigint, out bytes bigint, out most_messages bigint, out most_bytes bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m.n + c.n, m.bytes + c.bytes, r.messages, r.bytes
  from (select count(*) as n, coalesce(sum(bytes), 0)::bigint as bytes from intake.messages where state in ('waiting', 'held')) m,
       (select count(*) as n, coalesce(sum(bytes), 0)::bigint as bytes from intake.conflicts where not decided) c,
       intake.room r
$$;

-- Decided entries of conflicts make room, whichever way they were decided.
create function intake.note_decided() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update intake.conflicts c set decided = true
  where c.message_id = new.message_id and encode(c.envelope_sha256, 'hex') = new.detail;
  return null;
end $$;
create trigger note_decided after update of state on intake.refusals
  for each row when (new.source = 'conflict' and old.state = 'open' and new.state <> 'open') execute function intake.note_decided();

-- As before, within the room. What was brought before and comes again takes none.
create or replace function intake.receive(id uuid, kind text, receipt_number text, key_id text, envelope bytea, envelope_sha256 bytea,
                                          attachments jsonb, submitted_at timestamptz) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  weight bigint;
  filled record;
begin
  if octet_length(receive.envelope) > 300000 or length(receive.kind) > 40 or length(receive.receipt_number) > 40
     or length(receive.key_id) > 40 or not intake.attachments_valid(receive.id, receive.attachments) then
    raise exception 'message % is beyond the limits of the inbound channel', receive.id using errcode = 'check_violation';
  end if;
  if receive.envelope_sha256 is distinct from sha256(receive.envelope) then
    raise exception 'message % differs from its hash', receive.id using errcode = 'check_violation';
  end if;
  weight := intake.weight(receive.envelope, receive.attachments);
  select * into filled from intake.filled();
  if (filled.messages >= filled.most_messages or filled.bytes + weight > filled.most_bytes)
     and intake.known(receive.id, receive.envelope_sha256) <> 'same' then
    raise exception 'no room inside: % messages of % MiB wait for the intake worker or for staff; let staff decide about them, or raise intake.room',
      filled.messages, filled.bytes >> 20 using errcode = 'configuration_limit_exceeded';
  end if;
  insert into intake.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments, submitted_at, bytes)
  values (receive.id, receive.kind, receive.receipt_number, receive.key_id, receive.envelope, receive.envelope_sha256,
          receive.attachments, receive.submitted_at, weight)
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
  insert into intake.conflicts (message_id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments, submitted_at, bytes)
  values (receive.id, receive.kind, receive.receipt_number, receive.key_id, receive.envelope, receive.envelope_sha256,
          receive.attachments, receive.submitted_at, weight)
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

-- What staff open of a conflict weighs what it weighed there.
create or replace function intake.open_conflict(entry uuid) returns uuid
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
                               submitted_at, received_at, released, bytes)
  values (opened, c.message_id, c.id, c.kind, c.receipt_number, c.key_id, c.envelope, c.envelope_sha256, c.attachments,
          c.submitted_at, c.received_at, true, c.bytes);
  perform pg_notify('intake_message', '');
  return opened;
end $$;

revoke all on function intake.weight, intake.filled, intake.note_decided from public;
grant execute on function intake.filled to internal_site;
