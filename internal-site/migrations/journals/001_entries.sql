-- after: cases/033 requests/003
-- The journals of a centre: applications, results that came from authorities, results handed over, requests to authorities. An entry is made
-- in the transaction of what it tells of, by triggers, whichever release or process writes it. Its number follows the one before, without
-- gaps within a journal, a centre and a year, and is never given to another: what was taken back says so beside it. The site may read
-- entries, and add remarks.

create schema journals;

-- The last number of each journal; whoever enters something holds it until the end of their transaction.
create table journals.counters (
  journal   text not null,
  centre_id uuid not null,
  year      integer not null,
  last      integer not null,
  day       date not null,
  primary key (journal, centre_id, year)
);

create table journals.entries (
  id            bigint generated always as identity primary key,
  journal       text not null check (journal in ('applications', 'arrived', 'issued', 'requests')),
  centre_id     uuid not null references org.centres,
  year          integer not null,
  number        integer not null check (number > 0),
  day           date not null,                        -- in Kyiv; never before the day of the number before, so (day, id) is the order of numbers
  at            timestamptz not null,
  case_id       uuid not null references cases.cases,
  authority_id  uuid not null references org.authorities, -- that decides; of a request the one that is asked
  asker_id      uuid references org.authorities,      -- of a request that an authority makes
  service_id    uuid not null references catalogue.services,
  about         uuid,                                 -- the event of the handing over; the request
  taken_back_at timestamptz,
  unique (journal, centre_id, year, number)
);
create index entries_region on journals.entries (journal, day, id);
create index entries_centre on journals.entries (journal, centre_id, day, id);
create index entries_authority on journals.entries (journal, authority_id, day, id);
create index entries_asker on journals.entries (journal, asker_id, day, id) where asker_id is not null;
create index entries_service on journals.entries (journal, service_id, day, id);
create index entries_case on journals.entries (case_id, journal);

-- What stands beside an entry: that it was taken back, and what staff remark.
create table journals.notes (
  id       bigint generated always as identity primary key,
  entry_id bigint not null references journals.entries,
  kind     text not null default 'remark' check (kind in ('remark', 'taken_back')),
  at       timestamptz not null,
  person   uuid references access.users,              -- null: the portal itself
  text     text not null default '' check (length(text) <= 1000),
  check (kind <> 'remark' or person is not null and text <> ''),
  unique (entry_id, person, text)                     -- whoever presses twice has said it once
);

create function journals.day_of(at timestamptz) returns date language sql stable set search_path = pg_catalog as $$
  select (at at time zone 'Europe/Kyiv')::date
$$;

-- Enters a line into a journal.
create function journals.enter(journal text, centre uuid, authority uuid, asker uuid, service uuid, case_id uuid, about uuid, at timestamptz) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with given as (
    insert into journals.counters as k (journal, centre_id, year, last, day)
    values (journal, centre, extract(year from journals.day_of(at)), 1, journals.day_of(at))
    on conflict on constraint counters_pkey do update set last = k.last + 1, day = greatest(k.day, excluded.day)
    returning k.year, k.last, k.day)
  insert into journals.entries (journal, centre_id, year, number, day, at, case_id, authority_id, asker_id, service_id, about)
  select journal, centre, g.year, g.last, g.day, at, case_id, authority, asker, service, about from given g
$$;
revoke all on function journals.enter from public;

-- Says beside an entry that it was taken back.
create function journals.take_back(entry bigint, at timestamptz) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update journals.entries e set taken_back_at = take_back.at where e.id = take_back.entry;
  insert into journals.notes (entry_id, kind, at) values (entry, 'taken_back', at)
$$;
revoke all on function journals.take_back from public;

-- An application is entered when it has its number.
create function journals.application() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.number <> new.id::text then
    perform journals.enter('applications', new.centre_id, new.authority_id, null, new.service_id, new.id, null, new.registered_at);
  end if;
  return null;
end $$;
create trigger journal_new after insert on cases.cases for each row execute function journals.application();
create trigger journal_number after update of number on cases.cases for each row when (old.number is distinct from new.number) execute function journals.application();

-- A result has arrived when the centre can hand it over, and has not when the decision or the stage before was taken back.
create function journals.arrival() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare entry bigint;
begin
  select e.id into entry from journals.entries e where e.case_id = new.case_id and e.journal = 'arrived' and e.taken_back_at is null;
  if new.standing = 'issue' and entry is null and new.state not in ('registered', 'in_progress', 'suspended') then
    perform journals.enter('arrived', c.centre_id, c.authority_id, null, c.service_id, c.id, null, new.since) from cases.cases c where c.id = new.case_id;
  elsif entry is not null and (new.standing = 'others' or new.state in ('registered', 'in_progress', 'suspended')) then
    perform journals.take_back(entry, now());
  end if;
  return null;
end $$;
create trigger journal_new after insert on cases.turns for each row when (new.kind = 'centre' and new.standing = 'issue') execute function journals.arrival();
create trigger journal_change after update of standing, state on cases.turns for each row
  when (new.kind = 'centre' and (old.standing, old.state) is distinct from (new.standing, new.state)
        and (new.standing = 'issue' or old.standing = 'issue' or old.state in ('decided', 'issued', 'closed')))
  execute function journals.arrival();

-- A result is handed over by an event, and was not when that is taken back.
create function journals.handover() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.kind = 'issued' then
    perform journals.enter('issued', c.centre_id, c.authority_id, null, c.service_id, c.id, new.id, new.at) from cases.cases c where c.id = new.case_id;
  else
    perform journals.take_back(e.id, coalesce(new.undone_at, now())) from journals.entries e
    where e.case_id = new.case_id and e.journal = 'issued' and e.about = new.id and e.taken_back_at is null;
  end if;
  return null;
end $$;
create trigger journal_new after insert on cases.events for each row when (new.kind = 'issued') execute function journals.handover();
create trigger journal_undone after update of kind on cases.events for each row when (old.kind = 'issued' and new.kind <> 'issued') execute function journals.handover();

create function journals.request() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform journals.enter('requests', c.centre_id, new.authority_id, case new.asker_kind when 'authority' then new.asker end, c.service_id, c.id, new.id, new.asked_at)
  from cases.cases c where c.id = new.case_id;
  return null;
end $$;
create trigger journal_new after insert on requests.requests for each row execute function journals.request();
revoke all on function journals.application(), journals.arrival(), journals.handover(), journals.request() from public;

-- Enters in the order of time what no trigger has entered: what was there before the journals, and rows that were copied in.
create function journals.fill() returns void language sql set search_path = pg_catalog, pg_temp as $$
  with missing as (
    select 'applications' as journal, c.centre_id, c.authority_id, null::uuid as asker_id, c.service_id, c.id as case_id, null::uuid as about, c.registered_at as at
    from cases.cases c where c.number <> c.id::text and not exists (select from journals.entries e where e.case_id = c.id and e.journal = 'applications')
    union all
    select 'arrived', c.centre_id, c.authority_id, null, c.service_id, c.id, null,
           least(coalesce((select max(v.at) from cases.events v where v.case_id = c.id and v.kind = 'issued'), 'infinity'),
                 greatest(c.decided_at, (select max(s.finished_at) from cases.stages s where s.case_id = c.id and s.authority_id is not null and s.state = 'done')))
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
revoke all on function journals.fill from public;
select journals.fill();

grant usage on schema journals to internal_site;
grant select on journals.entries, journals.notes to internal_site;
grant insert (entry_id, at, person, text) on journals.notes to internal_site;
