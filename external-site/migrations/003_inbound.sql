-- The inbound channel: sealed submissions waiting to be pulled inside, and what the citizen was given for them.
-- The public binary may hand a message over and read receipts; it can neither read nor change what waits.

create schema inbound;
create schema account;

-- What a citizen was given. Whoever breaks in learns no more than this: number, service, time and two hashes.
create table account.receipts (
  receipt_number  text primary key check (receipt_number ~ '^R-[0-9]{4}-[0-9]{4}-[0-9]{4}$'),
  message_id      uuid not null unique,
  kind            text not null,
  service_id      uuid,
  code_hash       bytea not null check (octet_length(code_hash) = 32),
  envelope_sha256 bytea not null check (octet_length(envelope_sha256) = 32),
  sent_at         timestamptz not null default now(),
  delivered_at    timestamptz                        -- the message is durable inside and was erased here
);
create index receipts_sent on account.receipts (sent_at);

-- Applications being filled in, sealed under a key that only the citizen's cookie holds (shared/doc/decisions).
create table account.drafts (
  id             bytea primary key check (octet_length(id) = 32), -- hash of the cookie's token
  message_id     uuid not null unique,
  receipt_number text not null unique check (receipt_number ~ '^R-[0-9]{4}-[0-9]{4}-[0-9]{4}$'),
  sealed         bytea not null check (octet_length(sealed) <= 400000),
  files_size     bigint not null default 0 check (files_size >= 0),
  object_keys    text[] not null default '{}',       -- of its sealed attachments; forgotten once they were handed over
  created_at     timestamptz not null default now(),
  expires_at     timestamptz not null,
  submitted_at   timestamptz
);
create index drafts_expires on account.drafts (expires_at);
alter table account.drafts alter column sealed set storage external;

create table inbound.messages (
  id              uuid primary key,
  kind            text not null check (kind ~ '^[a-z][a-z_]{0,39}$'),
  receipt_number  text not null unique check (receipt_number ~ '^R-[0-9]{4}-[0-9]{4}-[0-9]{4}$'),
  key_id          text not null check (key_id ~ '^[0-9a-f]{16}$'),
  envelope        bytea not null check (octet_length(envelope) between 5000 and 300000),
  envelope_sha256 bytea not null check (envelope_sha256 = sha256(envelope)),
  attachments     jsonb not null default '[]' check (jsonb_typeof(attachments) = 'array' and jsonb_array_length(attachments) <= 20),
  submitted_at    timestamptz not null default now()
);
create index messages_submitted on inbound.messages (submitted_at, id);
alter table inbound.messages alter column envelope set storage external; -- sealed bytes do not compress

-- How much may wait here, so that a flood cannot fill the disk. The operator changes the row.
create table inbound.limits (
  single       boolean primary key default true check (single),
  max_messages bigint not null check (max_messages > 0),
  max_bytes    bigint not null check (max_bytes > 0)
);
insert into inbound.limits (max_messages, max_bytes) values (10000, 1073741824);

-- Each attachment is {"key": "<message id>/<uuid>", "size": bytes, "sha256": hex} of the sealed object, nothing else.
create function inbound.attachments_valid(message_id uuid, attachments jsonb) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select not exists (
    select 1 from jsonb_array_elements(attachments) as a(file)
    where jsonb_typeof(file) <> 'object'
       or coalesce(file ->> 'key', '') !~ ('^' || message_id || '/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
       or coalesce(file ->> 'sha256', '') !~ '^[0-9a-f]{64}$'
       or coalesce(file ->> 'size', '') !~ '^[1-9][0-9]{0,8}$'
       or file - 'key' - 'size' - 'sha256' <> '{}')
$$;

-- Takes one message and gives its receipt. The same id again gives the first receipt again and changes nothing.
create function inbound.submit(id uuid, kind text, receipt_number text, key_id text, envelope bytea,
                               attachments jsonb, service_id uuid, code_hash bytea)
returns table (receipt text, sha256 bytea, sent_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  full_now boolean;
begin
  return query select r.receipt_number, r.envelope_sha256, r.sent_at from account.receipts r where r.message_id = submit.id;
  if found then
    return;
  end if;
  select l.max_messages <= (select count(*) from inbound.messages)
         or l.max_bytes <= (select coalesce(sum(octet_length(m.envelope)), 0) from inbound.messages m)
    into full_now from inbound.limits l;
  if full_now then
    raise exception 'too many submissions are waiting to be fetched' using errcode = 'PI001',
      hint = 'See whether the syncer runs; the limit is the row of inbound.limits.';
  end if;
  if not inbound.attachments_valid(submit.id, submit.attachments) then
    raise exception 'attachments of the submission are malformed' using errcode = 'check_violation';
  end if;
  insert into account.receipts (receipt_number, message_id, kind, service_id, code_hash, envelope_sha256)
  values (submit.receipt_number, submit.id, submit.kind, submit.service_id, submit.code_hash, pg_catalog.sha256(submit.envelope))
  on conflict (message_id) do nothing;
  if found then
    insert into inbound.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments)
    values (submit.id, submit.kind, submit.receipt_number, submit.key_id, submit.envelope,
            pg_catalog.sha256(submit.envelope), submit.attachments);
    perform pg_notify('inbound_message', '');
  end if;
  return query select r.receipt_number, r.envelope_sha256, r.sent_at from account.receipts r where r.message_id = submit.id;
end $$;

-- The oldest messages that wait, for the fetcher.
create function inbound.pending(max_rows integer)
returns table (id uuid, kind text, receipt_number text, key_id text, envelope bytea, envelope_sha256 bytea,
               attachments jsonb, submitted_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m.id, m.kind, m.receipt_number, m.key_id, m.envelope, m.envelope_sha256, m.attachments, m.submitted_at
  from inbound.messages m order by m.submitted_at, m.id limit least(greatest(max_rows, 0), 1000)
$$;

-- How many messages wait and since when.
create function inbound.waiting(out messages bigint, out bytes bigint, out oldest timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select count(*), coalesce(sum(octet_length(m.envelope)), 0)::bigint, min(m.submitted_at) from inbound.messages m
$$;

-- Erases a message that is durable inside. The hash says which bytes the fetcher has; others stay.
create function inbound.acknowledge(id uuid, envelope_sha256 bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  delete from inbound.messages m where m.id = acknowledge.id and m.envelope_sha256 = acknowledge.envelope_sha256;
  if not found then
    return false;
  end if;
  update account.receipts r set delivered_at = now() where r.message_id = acknowledge.id and r.delivered_at is null;
  return true;
end $$;

revoke all on all functions in schema inbound from public;
grant usage on schema inbound to external_site, syncer_fetcher;
grant execute on function inbound.submit to external_site;
grant execute on function inbound.pending, inbound.waiting, inbound.acknowledge to syncer_fetcher;

grant usage on schema account to external_site;
grant select on account.receipts to external_site;
grant select, insert, update, delete on account.drafts to external_site;
