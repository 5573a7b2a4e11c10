-- A small region: two centres, two authorities, four services, one of them with everything a card can hold.
create schema sync authorization portal_owner;
create table sync.progress (slot text primary key, applied_commit_at timestamptz, heard_at timestamptz);
create table sync.objects (key text primary key, sha256 text, size bigint, state text);
grant usage on schema sync to external_site;
grant select on all tables in schema sync to external_site;
insert into sync.progress values ('portal', now() - interval '1 minute', now());

insert into org.units values ('UA01000000000000001', null, 1, 'O', 'Приозерна'), ('UA01000000000000002', 'UA01000000000000001', 4, 'M', 'Зоря');

insert into org.authorities values
  ('00000000-0000-7000-8000-0000000000a1', 'social', '12345678', 'Департамент соціального захисту населення', 'Department of Social Protection',
   'Соцзахист', 'Social protection', 'local', 'UA01000000000000002', 'м. Зоря, вул. Озерна, 5', 'Zoria, 5 Ozerna Street',
   '{"(0550) 12-34-56","(0550) 12-34-57"}', 'social@example.org', 'https://social.example.org',
   '{"week": [{"weekday": 1, "opens": "08:00", "closes": "17:00", "breaks": [{"from": "12:00", "to": "12:48"}]}, {"weekday": 2, "opens": "08:00", "closes": "17:00", "breaks": [{"from": "12:00", "to": "12:48"}]}]}',
   '[{"name": "Коваль Марія Іванівна", "position": {"uk": "директорка департаменту", "en": "Director"}, "phone": "(0550) 12-34-58", "email": "", "reception": {"uk": "понеділок, 9–12 год., каб. 4"}}]',
   true, now()),
  ('00000000-0000-7000-8000-0000000000a2', 'registry/01', '', 'Відділ реєстрації', '', '', '', 'state', null, '', '', '{}', '', '', '{}', '[]', true, now());

insert into org.centres values
  ('00000000-0000-7000-8000-0000000000c1', '01', 'ЦНАП міста Зоря', 'Zoria Service Centre', 'UA01000000000000002',
   'м. Зоря, вул. Вишнева, 1', 'Zoria, 1 Vyshneva Street', 'Пандус ліворуч від входу', 'Ramp to the left of the entrance',
   '{"(0550) 11-11-11"}', 'zoria@example.org', '', 49.5, 32.25,
   '{"week": [{"weekday": 1, "opens": "08:00", "closes": "17:00"}, {"weekday": 2, "opens": "08:00", "closes": "20:00"}, {"weekday": 6, "opens": "09:00", "closes": "15:00"}],
     "exceptions": [{"date": "2026-11-24", "closed": true, "reason": {"uk": "санітарний день"}}, {"date": "2026-11-22", "closed": true, "reason": {"uk": "минув"}}],
     "note": {"uk": "Під час повітряної тривоги прийом триває в укритті.", "en": "During an air alert work goes on in the shelter."}}',
   '[]', true, now()),
  ('00000000-0000-7000-8000-0000000000c2', '02', 'ЦНАП селища Ґрунь', '', null, 'с-ще Ґрунь, вул. Лісова, 2', '', '', '',
   '{}', '', '', null, null, '{"week": [{"weekday": 3, "opens": "09:00", "closes": "18:00"}]}', '[]', true, now());

insert into law.acts values
  ('00000000-0000-7000-8000-0000000000f1', 'Про житлові субсидії', 'On housing subsidies', 'resolution', '848', 'Кабінет Міністрів України', '1995-10-21', 'state', 'https://law.example.org/848', true);

insert into catalogue.categories values
  ('00000000-0000-7000-8000-000000000101', 'social', null, 'Соціальний захист', 'Social protection', 1),
  ('00000000-0000-7000-8000-000000000102', 'housing', '00000000-0000-7000-8000-000000000101', 'Житло', 'Housing', 1),
  ('00000000-0000-7000-8000-000000000103', 'registration', null, 'Реєстрація', 'Registration', 2);

insert into catalogue.life_situations values
  ('00000000-0000-7000-8000-000000000201', 'birth', 'Народження дитини', 'Birth of a child', 'Що оформити в перші місяці.', 'What to arrange in the first months.', 1),
  ('00000000-0000-7000-8000-000000000202', 'move', 'Переїзд', 'Moving house', '', '', 2);

insert into catalogue.services values
  ('00000000-0000-7000-8000-000000000301', '00034', 'Призначення житлової субсидії', 'Housing subsidy', 'Держава сплачує частину вартості комунальних послуг.', 'The state pays a part of your bills.', 'комуналка',
   '00000000-0000-7000-8000-000000000102', '00000000-0000-7000-8000-0000000000a1', '{person}', true, true, '2026-11-20 08:00+00'),
  ('00000000-0000-7000-8000-000000000302', '01-01/07', 'Єдиний дозвіл на об’єкт торгівлі', '', '', '', '',
   '00000000-0000-7000-8000-000000000103', '00000000-0000-7000-8000-0000000000a2', '{entrepreneur,entity}', false, true, '2026-11-20 08:00+00'),
  ('00000000-0000-7000-8000-000000000303', '00101', 'Ґрунтове обстеження ділянки', '', 'Проби <b>ґрунту</b> & висновок.', '', '',
   '00000000-0000-7000-8000-000000000103', null, '{person,entity}', true, true, '2026-11-20 08:00+00'),
  ('00000000-0000-7000-8000-000000000304', '00102', 'Реєстрація народження', 'Birth registration', '', '', '',
   '00000000-0000-7000-8000-000000000103', '00000000-0000-7000-8000-0000000000a2', '{person}', false, true, '2026-11-20 08:00+00');

insert into catalogue.service_situations (service_id, situation_id, step, note, note_en) values
  ('00000000-0000-7000-8000-000000000301', '00000000-0000-7000-8000-000000000202', 2, 'Поки не почався <опалювальний> сезон.', 'Before the heating season.'),
  ('00000000-0000-7000-8000-000000000303', '00000000-0000-7000-8000-000000000202', 100, '', '');
insert into catalogue.service_situations values ('00000000-0000-7000-8000-000000000304', '00000000-0000-7000-8000-000000000201');
insert into catalogue.service_centres values
  ('00000000-0000-7000-8000-000000000301', '00000000-0000-7000-8000-0000000000c1'), ('00000000-0000-7000-8000-000000000301', '00000000-0000-7000-8000-0000000000c2'),
  ('00000000-0000-7000-8000-000000000304', '00000000-0000-7000-8000-0000000000c1');

insert into documents.files values
  ('00000000-0000-7000-8000-000000000401', 'template', 'Заява про субсидію', 'Application for a subsidy', 'заява про субсидію.pdf', 'application/pdf', 13,
   '2c44d7b0bbf9ebffa4ca64ce80db9a6f6e4c0e0c1b2ed3d5cdc5a0d4a2b2c5f1', 'templates/401', null, null, now(), true),
  ('00000000-0000-7000-8000-000000000402', 'template', 'Декларація', '', 'deklaratsiia.docx', 'text/html', 9,
   '00000000000000000000000000000000000000000000000000000000000000ff', 'templates/402', null, null, now(), true),
  ('00000000-0000-7000-8000-000000000403', 'sealed_result', 'result', '', 'result.pdf', 'application/octet-stream', 9,
   '00000000000000000000000000000000000000000000000000000000000000aa', 'sealed/403', null, '00000000-0000-7000-8000-000000000999', now(), true);

insert into catalogue.cards values
  ('00000000-0000-7000-8000-000000000501', '00000000-0000-7000-8000-000000000301', 1, '2024-01-01', '{"description": {"uk": "<p>Стара редакція</p>"}}', '2025-12-20 12:00+02', true),
  ('00000000-0000-7000-8000-000000000502', '00000000-0000-7000-8000-000000000301', 2, '2026-01-01', '{
    "description": {"uk": "<h3>Кому допоможуть</h3><p>Родині, яка платить за житло понад свою міру.</p><ul><li>квартира</li><li>будинок</li></ul><script>alert(1)</script>", "en": "<p>For families whose bills are too high.</p>"},
    "conditions": {"uk": "Дохід родини не перевищує межі.\nБоргу за три місяці немає.", "en": "The income of the family is below the limit."},
    "documents": [
      {"id": "application", "name": {"uk": "Заява про призначення субсидії", "en": "Application"}, "note": {}, "required": true, "form": "original"},
      {"id": "passport", "name": {"uk": "Паспорт громадянина України", "en": "Passport"}, "note": {"uk": "Лише показати"}, "required": true, "form": "show"},
      {"id": "lease", "name": {"uk": "Договір найму"}, "note": {"uk": "якщо житло винайняте"}, "required": false, "form": "copy"}],
    "filing": [{"uk": "Особисто в центрі", "en": "In person at a centre"}, {"uk": "Онлайн на цьому сайті", "en": "Online at this site"}],
    "fee": {"paid": false, "amount": "", "grounds": {}, "account": {}},
    "term": {"days": 10, "note": {"uk": "Строк може подовжити комісія."}},
    "suspension": [{"id": "s1", "text": {"uk": "Не надійшла відповідь на запит про доходи"}}],
    "refusal": [{"id": "r1", "text": {"uk": "Дохід родини вищий за межу", "en": "The income is above the limit"}}, {"id": "r2", "text": {"uk": "Подано неправдиві відомості"}}],
    "result": {"uk": "Повідомлення про призначення субсидії", "en": "A notice of the subsidy"},
    "delivery": [{"uk": "У центрі"}, {"uk": "На цьому сайті за кодом"}],
    "contacts": {"uk": "Довідкова служба: 15-45"},
    "acts": [{"id": "00000000-0000-7000-8000-0000000000f1", "note": {"uk": "пункти 3–8"}}],
    "templates": [{"id": "00000000-0000-7000-8000-000000000401", "title": {"uk": "Бланк заяви", "en": "Application form"}}, {"id": "00000000-0000-7000-8000-000000000402", "title": {}}]
   }', '2025-12-20 12:00+02', true),
  ('00000000-0000-7000-8000-000000000503', '00000000-0000-7000-8000-000000000301', 3, '2027-01-01', '{"description": {"uk": "<p>Нова редакція</p>"}, "term": {"days": 5}}', '2025-12-20 12:00+02', true),
  ('00000000-0000-7000-8000-000000000504', '00000000-0000-7000-8000-000000000304', 1, '2026-01-01', '{"term": {"days": 1}, "fee": {"paid": true, "amount": "85.50"}, "result": {"uk": "Свідоцтво про народження"}}', '2025-12-20 12:00+02', true);

insert into catalogue.tech_cards values
  ('00000000-0000-7000-8000-000000000601', '00000000-0000-7000-8000-000000000301', 1, '2026-01-01', '{"statutory_days": 10, "stages": [
     {"name": {"uk": "Прийняття і реєстрація заяви", "en": "Registration"}, "official": {"uk": "Адміністратор"}, "unit": {"uk": "ЦНАП"}, "action": "executes", "days": 0},
     {"name": {"uk": "Розрахунок субсидії"}, "official": {"uk": "Головний спеціаліст"}, "unit": {}, "authority_id": "00000000-0000-7000-8000-0000000000a1", "action": "executes", "days": 7}]}', now(), true);

insert into catalogue.forms values
  ('00000000-0000-7000-8000-000000000701', '00000000-0000-7000-8000-000000000301', 1, '2026-01-01', '{}', true);

insert into law.acts values
  ('00000000-0000-7000-8000-0000000000f2', 'Про благоустрій міста Зоря', '', 'decision', '12-3/2025', 'Зорянська міська рада', '2025-03-01', 'local', '', true);
insert into law.editions values
  ('00000000-0000-7000-8000-0000000000e1', '00000000-0000-7000-8000-0000000000f1', '1995-10-21', '', null, true),
  ('00000000-0000-7000-8000-0000000000e2', '00000000-0000-7000-8000-0000000000f1', '2024-01-01', 'Зі змінами № 77', null, true),
  ('00000000-0000-7000-8000-0000000000e3', '00000000-0000-7000-8000-0000000000f1', '2099-01-01', '', null, true);
insert into law.parts values
  ('00000000-0000-7000-8000-0000000000e1', 1, E'Стаття 1. Давня\nДавній текст', '[{"at": 0, "depth": 5, "text": "Стаття 1. Давня"}]', true),
  ('00000000-0000-7000-8000-0000000000e2', 1, E'Розділ I\nЗагальні <положення>\nСтаття 1. Субсидія\nЧинний текст', '[{"at": 0, "depth": 2, "text": "Розділ I. Загальні <положення>"}, {"at": 2, "depth": 5, "text": "Стаття 1. Субсидія"}]', true),
  ('00000000-0000-7000-8000-0000000000e2', 2, E'Стаття 2-1. Порядок\nЗа заявою', '[{"at": 0, "depth": 5, "text": "Стаття 2-1. Порядок"}]', true),
  ('00000000-0000-7000-8000-0000000000e3', 1, E'Майбутній текст', '[]', true);
