-- A region of the size of an oblast, out of the demo's: each centre is there again and again, with its services and its people,
-- and each authority has more officers. New rows are known by the prefix of their logins and by their codes.

create schema desk;

-- Centres 04 to 60, each a copy of one of the demo's three.
create table desk.centres as
select c.id as origin, c.id as id from org.centres c
union all
select c.id, gen_random_uuid() from generate_series(4, 60) n
join (select id, row_number() over (order by code) as place from org.centres) c on c.place = n % 3 + 1;

insert into org.centres
select (jsonb_populate_record(c, jsonb_build_object('id', d.id, 'code', lpad(d.n::text, 2, '0'), 'name', c.name || ', відділ ' || d.n))).*
from (select *, row_number() over (order by id) + 3 as n from desk.centres where id <> origin) d join org.centres c on c.id = d.origin;

insert into catalogue.service_centres
select sc.service_id, d.id from desk.centres d join catalogue.service_centres sc on sc.centre_id = d.origin where d.id <> d.origin;

-- People: six at the counters of each new centre besides its head, eight more officers in each authority.
create table desk.accounts as
select gen_random_uuid() as id, u.id as origin, r.role, d.id as centre_id, null::uuid as authority_id, row_number() over () as n
from desk.centres d join access.roles r on r.centre_id = d.origin join access.users u on u.id = r.user_id
cross join generate_series(1, case r.role when 'centre_head' then 1 else 2 end)
where d.id <> d.origin
union all
select gen_random_uuid(), u.id, r.role, null, r.authority_id, 10000 + row_number() over ()
from access.roles r join access.users u on u.id = r.user_id cross join generate_series(1, 7) where r.role = 'officer';

insert into access.users
select (jsonb_populate_record(u, jsonb_build_object('id', a.id, 'login', 'desk' || a.n, 'full_name', u.full_name || ' ' || a.n))).*
from desk.accounts a join access.users u on u.id = a.origin;

insert into access.roles (id, user_id, role, centre_id, authority_id)
select gen_random_uuid(), id, role, centre_id, authority_id from desk.accounts;

-- Who may work on a case in a place, numbered.
create table desk.people as
select coalesce(r.centre_id, r.authority_id) as place, r.user_id as person,
       row_number() over (partition by coalesce(r.centre_id, r.authority_id) order by r.user_id) - 1 as n,
       count(*) over (partition by coalesce(r.centre_id, r.authority_id)) as among
from access.roles r where r.role in ('administrator', 'officer');
create index on desk.people (place, n);
analyze desk.people;
