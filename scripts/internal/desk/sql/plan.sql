-- The plan of %[1]d cases: which case of the demo each of them is like, where and when it was filed. Three in a hundred are open.
-- Centres and services are as unequal as in life, and there are more cases in each year than in the one before. Whole weeks lie
-- between a case and the one it is like, so that it has the same days of the week.

select setseed(0.352);

create table desk.likes as
select c.id, c.centre_id, c.filed_at, c.state not in ('issued', 'closed') as open, e.n as events,
       row_number() over (partition by c.state not in ('issued', 'closed') order by e.n, c.id) - 1 as place,
       count(*) over (partition by c.state not in ('issued', 'closed')) as among
from cases.cases c cross join lateral (select count(*) as n from cases.events e where e.case_id = c.id) e;

create table desk.plan as
with drawn as (
  select n, random() < 0.03 as open, random() as one, random() as two, random() as three from generate_series(1, %[1]d) n
), alike as (
  select d.n, l.id as likes, l.centre_id as origin, d.two, d.open,
         l.filed_at - make_interval(days => 7 * case when d.open then floor(3 * d.three ^ 3)::int else 1 + floor(260 * d.three ^ 1.5)::int end) as filed_at,
         make_interval(days => 7 * case when d.open then floor(3 * d.three ^ 3)::int else 1 + floor(260 * d.three ^ 1.5)::int end) as before
  from drawn d join desk.likes l on l.open = d.open and l.place = floor(l.among * case when d.open then d.one else d.one ^ 2.6 end)
), placed as (
  select a.*, c.id as centre_id from alike a
  join (select origin, id, row_number() over (partition by origin order by id <> origin, id) - 1 as place, count(*) over (partition by origin) as among
        from desk.centres) c on c.origin = a.origin and c.place = floor(c.among * a.two ^ 2)
), numbered as (
  select p.*, extract(year from p.filed_at at time zone 'Europe/Kyiv')::int as year, row_number() over (order by p.filed_at, p.n) as i from placed p
)
select p.i, p.likes, p.centre_id, p.before, p.filed_at, p.open, p.year,
       coalesce(k.last, 0) + row_number() over (partition by p.centre_id, p.year order by p.i) as number,
       h.head, (h.head || '70008' || lpad(to_hex(p.i), 15, '0'))::uuid as id
from numbered p cross join lateral (select lpad(to_hex((extract(epoch from p.filed_at) * 1000)::bigint), 12, '0') as head) h left join cases.counters k on k.centre_id = p.centre_id and k.year = p.year;
create unique index on desk.plan (i);
analyze desk.plan;

insert into cases.counters (centre_id, year, last)
select centre_id, year, max(number) from desk.plan group by centre_id, year
on conflict (centre_id, year) do update set last = excluded.last;

-- Stages and events of the cases that the plan names, numbered within their case.
create table desk.stages as select *, row_number() over (partition by case_id order by position) as place from cases.stages;
-- In cases that are over the beginnings of stages are left out, which makes ten events a case.
create table desk.events as
select e.*, row_number() over (partition by e.case_id order by e.at, e.id) as place
from cases.events e join desk.likes l on l.id = e.case_id where l.open or e.kind <> 'stage_started';
create index on desk.stages (case_id);
create index on desk.events (case_id);
analyze desk.stages;
analyze desk.events;

-- Parts of names. A person comes about three times.
create table desk.words as select
  array['Барв','Верб','Вітр','Горо','Джмел','Дубо','Жито','Зоре','Калин','Камен','Коло','Криниц','Лісо','Медо','Мороз','Небо','Озер','Орло','Перво','Полин',
        'Рибо','Росо','Садо','Сніго','Соко','Степ','Сухо','Терно','Травн','Туман','Хмар','Цвіто','Черво','Чорно','Щедро','Яблун','Явор','Ясен','Ґаво','Їжако'] as heads,
  array['бор','верх','град','дар','двір','жар','зір','камінь','квіт','крил','лист','лоб','люб','мир','млин','мур','ніг','пал','перо','плет',
        'рук','світ','слав','стеж','тин','трав','хвіст','хліб','шлях','яр'] as middles,
  array['енко','ук','ич','ський','ець','ій','ак','яненко','ченко','ів'] as tails,
  array['Олександр','Марія','Іван','Олена','Микола','Наталія','Андрій','Оксана','Сергій','Ірина','Петро','Тетяна','Василь','Галина','Юрій','Людмила','Михайло','Ольга',
        'Богдан','Ганна','Тарас','Надія','Степан','Любов','Роман','Віра','Ігор','Софія','Климентій','Соломія','Мирон','Євгенія','Зіновій','Їлена','Ґедеон','Уляна'] as given,
  array['Іванович','Петрівна','Миколайович','Василівна','Олександрович','Іванівна','Степанович','Андріївна','Богданович','Михайлівна','Тарасович','Романівна'] as patronymics,
  array['Шевченка','Садова','Лесі Українки','Франка','Соборна','Незалежності','Миру','Вишнева','Польова','Зелена','Гоголя','Шкільна','Нова','Лісова','Перемоги'] as streets;
