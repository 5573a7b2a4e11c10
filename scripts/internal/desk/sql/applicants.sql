-- Cases i from $1 to $2 of the plan with their applicants. The same person is the same in each of their cases.
with people as (
  select p.*, abs(hashint8extended(p.i, 7)) % greatest(%[1]d / 3, 1) as who from desk.plan p where p.i between $1 and $2
), drawn as (
  select p.*, abs(hashint8extended(p.who, 1)) as a, abs(hashint8extended(p.who, 2)) as b, abs(hashint8extended(p.who, 3)) as d, w.*
  from people p cross join desk.words w
)
insert into cases.applicants (id, kind, surname, given_name, patronymic, entity, tax_number, edrpou, passport, address, phone, email, created_at)
select (d.head || '70018' || lpad(to_hex(d.i), 15, '0'))::uuid, case when d.who % 12 = 0 then 'entity' when d.who % 12 = 1 then 'entrepreneur' else 'person' end,
       heads[1 + a % 40] || middles[1 + a / 40 % 30] || tails[1 + a / 1200 % 10], given[1 + (a / 12000 % 6) * (1 + b % 6)], patronymics[1 + b / 6 % 12],
       case when d.who % 12 = 0 then 'ТОВ «' || heads[1 + b % 40] || middles[1 + b / 40 % 30] || '»' else '' end,
       case when d.who % 40 = 3 then '' else lpad((b % 10000000000)::text, 10, '0') end,
       case when d.who % 12 = 0 then lpad((a % 100000000)::text, 8, '0') else '' end,
       case when d.who % 5 = 0 then lpad((d % 1000000000)::text, 9, '0') when d.who % 5 = 1 then 'КС ' || lpad((d % 1000000)::text, 6, '0') else '' end,
       'вул. ' || streets[1 + d % 15] || ', ' || 1 + d / 15 % 120,
       '+380' || (array['50','63','66','67','68','73','93','95','96','97'])[1 + d % 10] || lpad((a % 10000000)::text, 7, '0'),
       case when d.who % 3 = 0 then 'person' || d.who || '@example.com' else '' end, d.filed_at
from drawn d
