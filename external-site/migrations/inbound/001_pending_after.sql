-- Messages that wait, behind the one that was sent at the moment after_at under after_id, in the order of sending: the
-- fetcher pages through all of them when more cannot be brought than it remembers.
create function inbound.pending_after(max_rows integer, after_at timestamptz, after_id uuid)
returns table (id uuid, kind text, receipt_number text, key_id text, envelope bytea, envelope_sha256 bytea,
               attachments jsonb, submitted_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m.id, m.kind, m.receipt_number, m.key_id, m.envelope, m.envelope_sha256, m.attachments, m.submitted_at
  from inbound.messages m where (m.submitted_at, m.id) > (after_at, after_id)
  order by m.submitted_at, m.id limit least(greatest(max_rows, 0), 1000)
$$;

revoke all on function inbound.pending_after(integer, timestamptz, uuid) from public;
grant execute on function inbound.pending_after(integer, timestamptz, uuid) to syncer_fetcher;
