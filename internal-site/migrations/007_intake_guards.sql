-- Guards against a hostile outside, which may offer again what is inside, and may call any number damaged.

-- Says whether a message of this id is inside already, whatever it holds. Its attachments are then inside as well, and
-- the fetcher must not touch them: they may wait for the worker or for staff.
create function intake.holds(id uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (select from intake.messages m where m.id = holds.id)
      or exists (select from intake.conflicts c where c.message_id = holds.id)
$$;

-- As before, but the answer under a receipt number is left to the message that is inside under that number: another
-- one with the same number would keep the worker from ever finishing it.
create or replace function intake.receive_damaged(id uuid, receipt_number text, reason text, submitted_at timestamptz) returns void
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
  select receive_damaged.id, left(receive_damaged.receipt_number, 40), '', 'held',
         'Заяву отримано не повністю. Її передано працівнику, який зв’яжеться з вами або попросить подати її ще раз.',
         'Your application arrived incomplete. It was handed to a member of staff, who will contact you or ask you to send it again.'
  where not exists (select from intake.messages m where m.receipt_number = left(receive_damaged.receipt_number, 40))
  on conflict do nothing;
end $$;

revoke all on function intake.holds from public;
grant execute on function intake.holds to fetcher;
