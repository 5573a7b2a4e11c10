-- A region as the syncer leaves it outside; :services and :centres are replaced by how many there are.
create schema sync authorization portal_owner;
create table sync.progress (slot text primary key, applied_commit_at timestamptz, heard_at timestamptz);
create table sync.objects (key text primary key, sha256 text, size bigint, state text);
grant usage on schema sync to external_site;
grant select on all tables in schema sync to external_site;
insert into sync.progress values ('portal', now(), now() + interval '1 day');
insert into org.units values ('UA01', null, 1, 'O', 'Приозерна'), ('UA02', 'UA01', 4, 'M', 'Зоря');
insert into org.authorities (id, code, edrpou, name, name_en, short_name, short_name_en, level, unit_code, address, address_en, phones, email, site, schedule, people, published, updated_at)
select gen_random_uuid(), 'a' || n, '', 'Управління з питань діяльності ' || n, 'Department ' || n, '', '', 'local', 'UA02', 'м. Зоря, вул. Озерна, ' || n, '', '{}', '', '',
  '{"week": [{"weekday": 1, "opens": "08:00", "closes": "17:00"}, {"weekday": 2, "opens": "08:00", "closes": "17:00"}]}', '[]', true, now() from generate_series(1, 40) n;
insert into org.centres (id, code, name, name_en, unit_code, address, address_en, directions, directions_en, phones, email, site, latitude, longitude, schedule, people, published, updated_at)
select gen_random_uuid(), 'z' || n, 'ЦНАП громади ' || n, 'Service Centre ' || n, 'UA02', 'м. Зоря, вул. Вишнева, ' || n, '', '', '', '{"(0550) 11-11-11"}', 'z@example.org', '', null, null,
  '{"week": [{"weekday": 1, "opens": "08:00", "closes": "17:00"}, {"weekday": 2, "opens": "08:00", "closes": "17:00"}, {"weekday": 3, "opens": "08:00", "closes": "20:00"},
     {"weekday": 4, "opens": "08:00", "closes": "17:00"}, {"weekday": 5, "opens": "08:00", "closes": "16:00"}, {"weekday": 6, "opens": "09:00", "closes": "15:00"}]}', '[]', true, now()
from generate_series(1, :centres) n;
insert into catalogue.categories (id, code, parent_id, name, name_en, position)
select gen_random_uuid(), 'c' || n, null, 'Напрям послуг ' || n, 'Field ' || n, n from generate_series(1, 15) n;
insert into catalogue.life_situations (id, code, name, name_en, description, description_en, position)
select gen_random_uuid(), 'l' || n, 'Життєва подія ' || n, 'Event ' || n, '', '', n from generate_series(1, 20) n;
insert into catalogue.services (id, code, name, name_en, summary, summary_en, keywords, category_id, authority_id, applicant_types, quick, published, updated_at)
select gen_random_uuid(), 's' || lpad(n::text, 5, '0'),
  (array['Призначення', 'Видача', 'Реєстрація', 'Внесення змін', 'Припинення', 'Погодження', 'Надання', 'Встановлення'])[n % 8 + 1] || ' '
  || (array['довідки', 'дозволу', 'витягу', 'посвідчення', 'допомоги', 'ліцензії', 'висновку', 'паспорта', 'свідоцтва', 'компенсації', 'пільги'])[n % 11 + 1] || ' '
  || (array['на землю', 'на житло', 'родині з дітьми', 'підприємцю', 'ветерану', 'на торгівлю', 'на будівництво', 'на транспорт', 'особі з інвалідністю', 'на спеціальне водокористування',
      'про склад сім’ї', 'на рекламу', 'переселенцям'])[n % 13 + 1] || ' ' || n || case when n % (:services / 20) = 0 then ' субсидія' else '' end,
  'Service ' || n, 'Послуга для тих, хто звертається до центру з питання ' || n, '', '', c.id, a.id, '{person,entity}', n % 3 = 0, true, now() - n * interval '1 minute'
from generate_series(1, :services) n join catalogue.categories c on c.code = 'c' || (n % 15 + 1) join org.authorities a on a.code = 'a' || (n % 40 + 1);
insert into catalogue.service_situations (service_id, situation_id)
select s.id, l.id from (select id, row_number() over (order by code) as n from catalogue.services) s join catalogue.life_situations l on l.code = 'l' || (s.n % 20 + 1) where s.n % 5 = 0;
insert into catalogue.service_centres (service_id, centre_id)
select s.id, z.id from (select id, row_number() over (order by code) as n from catalogue.services) s join generate_series(0, 5) k on true join org.centres z on z.code = 'z' || ((s.n * 7 + k * 3) % :centres + 1) on conflict do nothing;
insert into catalogue.cards (id, service_id, number, effective_from, content, published_at, published)
select gen_random_uuid(), s.id, 1, '2026-01-01', jsonb_build_object(
  'description', jsonb_build_object('uk', '<p>' || repeat('Родині, яка платить за житло понад свою міру, допомагає держава. ', 12) || '</p>'),
  'conditions', jsonb_build_object('uk', 'Дохід родини не перевищує межі. ' || s.code),
  'documents', (select jsonb_agg(jsonb_build_object('id', 'd' || d, 'name', jsonb_build_object('uk', 'Документ за переліком ' || d), 'note', jsonb_build_object('uk', 'Оригінал і копія'), 'required', d < 5, 'form', 'copy')) from generate_series(1, 7) d),
  'filing', jsonb_build_array(jsonb_build_object('uk', 'Особисто в центрі')), 'fee', '{"paid": false, "amount": "", "grounds": {}, "account": {}}'::jsonb,
  'term', '{"days": 10, "note": {"uk": "робочих"}}'::jsonb,
  'refusal', (select jsonb_agg(jsonb_build_object('id', 'r' || d, 'text', jsonb_build_object('uk', 'Подано неправдиві відомості ' || d))) from generate_series(1, 4) d),
  'result', jsonb_build_object('uk', 'Повідомлення про рішення'), 'delivery', '[]'::jsonb, 'contacts', '{}'::jsonb, 'acts', '[]'::jsonb, 'templates', '[]'::jsonb), now(), true
from catalogue.services s;
analyze;
