-- A message that has ended is emptied when its term is over: the envelope and the list of its files go, its id, receipt number and hash
-- stay, so that the same message is known when it comes again.
alter table intake.messages add column erased_at timestamptz;
alter table intake.messages drop constraint messages_check;
alter table intake.messages add constraint messages_hash check (envelope_sha256 = sha256(envelope) or erased_at is not null) not valid;
alter table intake.messages validate constraint messages_hash;
update intake.messages set bytes = intake.weight(envelope, attachments) where bytes = 0;
create index messages_registered on intake.messages (finished_at) where state = 'registered' and erased_at is null;
create index messages_refused on intake.messages (finished_at) where state in ('refused', 'closed') and erased_at is null;

-- Whether something of a message that has ended is still to be done, or somebody has to be able to compare it with another of its id.
create function intake.is_needed(message uuid, sealed uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (select from intake.files f where f.message_id = is_needed.message)
      or exists (select from intake.conflicts c where c.message_id = coalesce(is_needed.sealed, is_needed.message))
$$;

-- Whether a document is the object: what was opened of a message and became nobody's document goes with the message.
create function intake.is_named(key text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (select from documents.files f where f.bucket = 'quarantine' and f.object_key = is_named.key)
$$;
revoke all on function intake.is_needed, intake.is_named from public;
grant execute on function intake.is_needed to intake, internal_site;
grant execute on function intake.is_named to intake;
grant select (sealed_id, bytes, erased_at) on intake.messages to internal_site;
