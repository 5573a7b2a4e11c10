-- The trail is chained: each entry gets a number and a hash that rests on the entry before, soon after it was committed. The number
-- follows the order in which entries were found, since an entry is numbered by its own id before it is committed. Checkpoints are
-- signed with a key that the database never sees.

create table audit.pending (
  event_id bigint primary key references audit.events
);
insert into audit.pending select id from audit.events;

create table audit.chain (
  seq      bigint primary key check (seq > 0),
  event_id bigint not null unique,
  hash     bytea not null check (length(hash) = 32)
);

create table audit.checkpoints (
  seq       bigint primary key,
  at        timestamptz not null,
  hash      bytea not null check (length(hash) = 32),
  key_id    text not null,
  signature bytea not null check (length(signature) = 64)
);

create index events_actor on audit.events (actor_id, id);
create index events_action on audit.events (action collate "C", id);
create index events_object_id on audit.events (object_id, id);

create or replace function audit.record(actor_id uuid, actor text, action text, object_type text, object_id text,
                                        centre_id uuid, authority_id uuid, reason text, detail jsonb) returns void
language sql security definer set search_path = pg_catalog as $$
  with e as (
    insert into audit.events (actor_id, actor, action, object_type, object_id, centre_id, authority_id, reason, detail)
    values (actor_id, actor, action, object_type, object_id, centre_id, authority_id, coalesce(reason, ''), coalesce(detail, '{}'))
    returning id)
  insert into audit.pending select id from e
$$;

-- A reading loses nothing when the last ones before a power failure are lost, and a page does not wait for the disk because of it.
create function audit.read(actor_id uuid, actor text, action text, object_type text, object_id text,
                           centre_id uuid, authority_id uuid, detail jsonb) returns void
language sql security definer set search_path = pg_catalog as $$
  select set_config('synchronous_commit', 'off', true);
  select audit.record(actor_id, actor, action, object_type, object_id, centre_id, authority_id, '', detail)
$$;
revoke all on function audit.read from public;

-- Puts entries at the end of the chain, in their order, if it still ends where the caller believes; says whether it did. What stands in
-- the chain is never changed by it.
create function audit.link(ends bigint, events bigint[], hashes bytea[]) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('audit.chain', 0));
  if ends <> coalesce((select max(seq) from audit.chain), 0) then
    return false;
  end if;
  insert into audit.chain (seq, event_id, hash)
  select ends + l.n, l.event, l.hash from unnest(events, hashes) with ordinality as l (event, hash, n);
  delete from audit.pending where event_id = any (events);
  return true;
end $$;
revoke all on function audit.link from public;

-- Keeps a signed checkpoint of an entry of the chain.
create function audit.keep_checkpoint(seq bigint, at timestamptz, hash bytea, key_id text, signature bytea) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into audit.checkpoints values (seq, at, hash, key_id, signature) on conflict do nothing
$$;
revoke all on function audit.keep_checkpoint from public;

grant select on audit.pending, audit.chain, audit.checkpoints to internal_site;
grant execute on function audit.read, audit.link, audit.keep_checkpoint to internal_site;
