-- Staff see up to five thousand damaged messages at a time: the queue shows them as one line, and whoever rules the
-- outside can offer any number. The rest waits outside and is offered again.
create or replace function intake.receive_damaged(id uuid, receipt_number text, reason text, submitted_at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  if exists (select 1 from intake.messages m where m.id = receive_damaged.id)
     or exists (select 1 from intake.refusals r where r.message_id = receive_damaged.id and r.source = 'damaged')
     or intake.damaged() >= 5000 then
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
