insert into cases.cases (id, number, centre_id, authority_id, service_id, card_id, tech_card_id, form_id, applicant_id, channel, receipt_number, state,
  outcome, refusal_ground, decision_note, answers, filed_at, registered_at, due_on, decided_at, closed_at, version, issued_paper)
select p.id, ce.code || '-' || p.year || '-' || lpad(p.number::text, 6, '0'), p.centre_id, c.authority_id, c.service_id, c.card_id, c.tech_card_id, c.form_id,
       (p.head || '70018' || lpad(to_hex(p.i), 15, '0'))::uuid, c.channel,
       case when c.channel = 'online' then 'R-' || to_char(abs(hashint8extended(p.i, 4)) % 1000000000000, 'FM0000-0000-0000') else '' end,
       c.state, c.outcome, c.refusal_ground, c.decision_note, c.answers, c.filed_at - p.before, c.registered_at - p.before, (c.due_on - p.before)::date,
       c.decided_at - p.before, c.closed_at - p.before, c.version, c.issued_paper
from desk.plan p join cases.cases c on c.id = p.likes join org.centres ce on ce.id = p.centre_id where p.i between $1 and $2
