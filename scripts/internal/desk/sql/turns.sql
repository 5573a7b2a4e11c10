insert into cases.turns (case_id, place, kind, standing, stage_id, office, person, due_on, since, state, channel, service_id, case_due)
select p.id, x.place, t.kind, t.standing, (p.head || '70028' || lpad(to_hex(p.i * 16 + s.place), 15, '0'))::uuid, t.office, w.person,
       (t.due_on - p.before)::date, t.since - p.before, t.state, t.channel, t.service_id, (t.case_due - p.before)::date
from desk.plan p join cases.turns t on t.case_id = p.likes
cross join lateral (select case t.kind when 'centre' then p.centre_id else t.place end as place) x
left join desk.stages s on s.id = t.stage_id
left join desk.people w on t.person is not null and w.place = x.place and w.n = p.i % w.among
where p.i between $1 and $2
