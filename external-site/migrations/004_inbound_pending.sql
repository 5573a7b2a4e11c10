-- The oldest messages that wait, without those that the fetcher has put off: however many cannot be brought whole,
-- they keep nobody else's waiting, and nobody reads their envelopes over and over.
create function inbound.pending(max_rows integer, except_ids uuid[])
returns table (id uuid, kind text, receipt_number text, key_id text, envelope bytea, envelope_sha256 bytea,
               attachments jsonb, submitted_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m.id, m.kind, m.receipt_number, m.key_id, m.envelope, m.envelope_sha256, m.attachments, m.submitted_at
  from inbound.messages m where m.id <> all (except_ids)
  order by m.submitted_at, m.id limit least(greatest(max_rows, 0), 1000)
$$;

revoke all on function inbound.pending(integer, uuid[]) from public;
grant execute on function inbound.pending(integer, uuid[]) to syncer_fetcher;
