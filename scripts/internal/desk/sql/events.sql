insert into cases.events (id, case_id, at, kind, text, text_en, typed, actor_id, actor, about, instead_of)
select (p.head || '70038' || lpad(to_hex(p.i * 64 + e.place), 15, '0'))::uuid, p.id, e.at - p.before, e.kind, e.text, e.text_en, e.typed,
       e.actor_id, e.actor, e.about, e.instead_of
from desk.plan p join desk.events e on e.case_id = p.likes where p.i between $1 and $2
