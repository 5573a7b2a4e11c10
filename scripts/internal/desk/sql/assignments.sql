insert into cases.assignments (case_id, place, person, since)
select p.id, x.place, w.person, a.since - p.before
from desk.plan p join cases.assignments a on a.case_id = p.likes
cross join lateral (select case when exists (select from org.centres c where c.id = a.place) then p.centre_id else a.place end as place) x
join desk.people w on w.place = x.place and w.n = p.i % w.among
where p.i between $1 and $2
