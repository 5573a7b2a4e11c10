-- after: cases/035
-- A result is entered under the moment at which it came, whoever of the parties was the last; a line keeps what it showed when it was taken
-- back, and a handing over what was handed over, whatever follows in the case; remarks of any letters are written once.

-- What the line shows of the decision, kept; null: the case says it, as it is now.
alter table journals.entries
  add column outcome    text,
  add column decided_at timestamptz,
  add column document   text,
  add column paper      text;

-- When the result came to the centre: when the decision was there, and authorities had ended their stages but those that the handing over
-- ends. What was handed over had come by then.
create function journals.arrived_at(case_id uuid) returns timestamptz language sql stable set search_path = pg_catalog, pg_temp as $$
  select least(
    (select min(v.at) from cases.events v where v.case_id = c.id and v.kind = 'issued' and v.at >= c.decided_at),
    greatest(c.decided_at, (select max(s.finished_at) from cases.stages s where s.case_id = c.id and s.authority_id is not null and s.state = 'done'
      and not exists (select from cases.events v where v.case_id = c.id and v.kind = 'issued' and v.at = s.finished_at))))
  from cases.cases c where c.id = arrived_at.case_id
$$;

-- The number of the newest valid document of a decision, as lines show it.
create function journals.document_of(case_id uuid) returns text language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce((select d.number from cases.decisions d join documents.files f on f.id = d.file_id
    where d.case_id = document_of.case_id and f.withdrawn_at is null order by d.position desc limit 1), '')
$$;

-- What is handed over is kept with its line: a case that comes back from the archive can have another result handed over.
create function journals.keep_issued() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select c.outcome, c.decided_at, journals.document_of(c.id), c.issued_paper into new.outcome, new.decided_at, new.document, new.paper
  from cases.cases c where c.id = new.case_id;
  return new;
end $$;
create trigger keep_issued before insert on journals.entries for each row when (new.journal = 'issued') execute function journals.keep_issued();

-- A decision that goes leaves what it was with the line of the result that came: whoever takes the line back afterwards finds it gone from
-- the case. Its documents have been withdrawn with it by then, so they are known by the time at which they were made. The trigger's name
-- stands before that of cases.case_of_turns, which takes the line back.
create function journals.keep_arrived() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update journals.entries e set outcome = old.outcome, decided_at = old.decided_at, paper = old.issued_paper,
    document = coalesce((select d.number from cases.decisions d where d.case_id = old.id and d.made_at >= old.decided_at order by d.position desc limit 1), '')
  where e.case_id = old.id and e.journal = 'arrived' and e.taken_back_at is null and e.outcome is null;
  return null;
end $$;
create trigger journal_keep after update of outcome, decided_at on cases.cases for each row
  when (old.outcome in ('granted', 'refused') and (old.outcome, old.decided_at) is distinct from (new.outcome, new.decided_at))
  execute function journals.keep_arrived();
revoke all on function journals.arrived_at, journals.document_of, journals.keep_issued(), journals.keep_arrived() from public;

create or replace function journals.take_back(entry bigint, at timestamptz) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update journals.entries e set taken_back_at = take_back.at where e.id = take_back.entry;
  update journals.entries e set outcome = c.outcome, decided_at = c.decided_at, document = journals.document_of(c.id), paper = c.issued_paper
  from cases.cases c where e.id = take_back.entry and c.id = e.case_id and e.outcome is null;
  insert into journals.notes (entry_id, kind, at) values (entry, 'taken_back', at)
$$;

create or replace function journals.arrival() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare entry bigint;
begin
  select e.id into entry from journals.entries e where e.case_id = new.case_id and e.journal = 'arrived' and e.taken_back_at is null;
  if new.standing = 'issue' and entry is null and new.state not in ('registered', 'in_progress', 'suspended') then
    perform journals.enter('arrived', c.centre_id, c.authority_id, null, c.service_id, c.id, null, coalesce(journals.arrived_at(c.id), new.since))
    from cases.cases c where c.id = new.case_id;
  elsif entry is not null and (new.standing = 'others' or new.state in ('registered', 'in_progress', 'suspended')) then
    perform journals.take_back(entry, now());
  end if;
  return null;
end $$;

create or replace function journals.fill() returns void language sql set search_path = pg_catalog, pg_temp as $$
  with missing as (
    select 'applications' as journal, c.centre_id, c.authority_id, null::uuid as asker_id, c.service_id, c.id as case_id, null::uuid as about, c.registered_at as at
    from cases.cases c where c.number <> c.id::text and not exists (select from journals.entries e where e.case_id = c.id and e.journal = 'applications')
    union all
    select 'arrived', c.centre_id, c.authority_id, null, c.service_id, c.id, null, journals.arrived_at(c.id)
    from cases.cases c
    where c.outcome in ('granted', 'refused') and c.decided_at is not null
      and (c.state in ('issued', 'closed') or exists (select from cases.turns t where t.case_id = c.id and t.kind = 'centre' and t.standing = 'issue'))
      and not exists (select from journals.entries e where e.case_id = c.id and e.journal = 'arrived' and e.taken_back_at is null)
    union all
    select 'issued', c.centre_id, c.authority_id, null, c.service_id, c.id, v.id, v.at
    from cases.events v join cases.cases c on c.id = v.case_id
    where v.kind = 'issued' and not exists (select from journals.entries e where e.case_id = c.id and e.journal = 'issued' and e.about = v.id)
    union all
    select 'requests', c.centre_id, r.authority_id, case r.asker_kind when 'authority' then r.asker end, c.service_id, c.id, r.id, r.asked_at
    from requests.requests r join cases.cases c on c.id = r.case_id
    where not exists (select from journals.entries e where e.case_id = c.id and e.journal = 'requests' and e.about = r.id)
  ), dated as (
    select m.*, journals.day_of(m.at) as day, extract(year from journals.day_of(m.at))::integer as year from missing m
  ), numbered as (
    select d.*, greatest(d.day, k.day) as on_day, coalesce(k.last, 0) + row_number() over (partition by d.journal, d.centre_id, d.year order by d.at, d.case_id, d.about) as number
    from dated d left join journals.counters k on k.journal = d.journal and k.centre_id = d.centre_id and k.year = d.year
  ), counted as (
    insert into journals.counters (journal, centre_id, year, last, day)
    select n.journal, n.centre_id, n.year, max(n.number), max(n.on_day) from numbered n group by 1, 2, 3
    on conflict on constraint counters_pkey do update set last = excluded.last, day = excluded.day)
  insert into journals.entries (journal, centre_id, year, number, day, at, case_id, authority_id, asker_id, service_id, about)
  select n.journal, n.centre_id, n.year, n.number, n.on_day, n.at, n.case_id, n.authority_id, n.asker_id, n.service_id, n.about
  from numbered n order by n.at, n.case_id, n.about
$$;

-- Lines from before keep what they show now.
update journals.entries e set outcome = c.outcome, decided_at = c.decided_at, document = journals.document_of(c.id), paper = c.issued_paper
from cases.cases c where c.id = e.case_id and (e.journal = 'issued' or e.journal = 'arrived' and e.taken_back_at is not null);

-- A thousand letters of four bytes are longer than what an index takes.
alter table journals.notes drop constraint notes_entry_id_person_text_key;
create unique index notes_once on journals.notes (entry_id, person, md5(text));

-- What was taken back is little of a journal, and is looked for by itself.
create index entries_taken_back on journals.entries (journal, day, id) where taken_back_at is not null;
create index entries_taken_back_centre on journals.entries (journal, centre_id, day, id) where taken_back_at is not null;
create index entries_taken_back_authority on journals.entries (journal, authority_id, day, id) where taken_back_at is not null;
