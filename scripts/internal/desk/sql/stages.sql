insert into cases.stages (id, case_id, position, name, name_en, action, authority_id, official, days, state, started_at, due_on, finished_at, finished_by, note)
select (p.head || '70028' || lpad(to_hex(p.i * 16 + s.place), 15, '0'))::uuid, p.id, s.position, s.name, s.name_en, s.action, s.authority_id,
       s.official, s.days, s.state, s.started_at - p.before, (s.due_on - p.before)::date, s.finished_at - p.before, s.finished_by, s.note
from desk.plan p join desk.stages s on s.case_id = p.likes where p.i between $1 and $2
