-- Whose turn it is. Each party of a case (its centre, the authority that decides, the authorities of its stages) has one row
-- that says how the case stands for it now; every act writes the rows anew in its own transaction, by the rules of
-- internal/cases. Lists and counts read them and nothing else.

-- Who works on a case within one party. The clerk and the officer of a case do not take it from each other.
create table cases.assignments (
  case_id     uuid not null references cases.cases,
  place       uuid not null,                          -- the centre or the authority
  person      uuid not null references access.users,
  since       timestamptz not null,
  assigned_by uuid references access.users,
  primary key (case_id, place)
);
create index assignments_person on cases.assignments (person);

create table cases.turns (
  case_id  uuid not null references cases.cases,
  place    uuid not null,
  kind     text not null check (kind in ('centre', 'authority')),
  standing text not null check (standing in ('turn', 'issue', 'others', 'applicant', 'ahead', 'past', 'over')),
  stage_id uuid references cases.stages,              -- the active one
  office   text not null default '',                  -- key of the office that has to act; '': anybody of the party
  person   uuid references access.users,              -- who works on it within the party
  due_on   date,                                      -- until when whoever has the turn has to act; null: no day
  since    timestamptz not null,
  primary key (case_id, place)
);
create index turns_place on cases.turns (place, standing, due_on, case_id) where standing in ('turn', 'issue', 'others', 'applicant');
create index turns_pool on cases.turns (place, due_on, case_id) where standing = 'turn' and person is null and office = '';
create index turns_office on cases.turns (place, office, due_on, case_id) where standing = 'turn' and office <> '';
create index turns_person on cases.turns (person, standing, due_on, case_id) where standing <> 'over';
create unique index turns_once on cases.turns (case_id) where standing in ('turn', 'issue');

-- Acts of the desk, whom an event is about, and for whom its actor stood in.
alter table cases.events
  add column about      text not null default '',     -- name of a colleague: who had the case before, or got it
  add column instead_of text not null default '',     -- name of the official whom the actor substitutes
  drop constraint events_kind_check,
  add constraint events_kind_check check (kind in ('registered', 'assigned', 'stage_started', 'stage_finished', 'suspended', 'resumed',
    'extended', 'message', 'result_ready', 'decided', 'issued', 'closed', 'note', 'handed_back', 'reminded'));

-- Whoever had a case has it within the party in which they work. cases.assigned_to stays and goes on being written, with the
-- person of the party whose turn it is, for the release before; it is dropped when no release reads it any more.
insert into cases.assignments (case_id, place, person, since)
select c.id, p.place, c.assigned_to, coalesce((select max(e.at) from cases.events e where e.case_id = c.id and e.kind = 'assigned'), c.registered_at)
from cases.cases c
cross join lateral (
  select distinct x.place from (
    select c.centre_id as place union select c.authority_id
    union select st.authority_id from cases.stages st where st.case_id = c.id and st.authority_id is not null) x
  where exists (select from access.roles r where r.user_id = c.assigned_to and x.place in (r.centre_id, r.authority_id))) p
where c.assigned_to is not null;

insert into cases.turns (case_id, place, kind, standing, stage_id, office, person, due_on, since)
with work as (
  select c.id, c.state, c.centre_id, c.authority_id, c.due_on, c.registered_at,
         act.id as stage_id, act.authority_id as stage_of, act.due_on as stage_due, act.started_at, act.action, act.official,
         case when c.state = 'in_progress' and act.authority_id is distinct from c.authority_id -- nothing is left but the decision
                   and not exists (select from cases.stages s where s.case_id = c.id and s.state = 'waiting') then c.authority_id
              when act.id is not null then coalesce(act.authority_id, c.centre_id)
              when c.state = 'decided' then c.centre_id
              else c.authority_id end as actor,
         c.state in ('issued', 'closed') as over,
         c.state = 'decided' and not exists (select from cases.stages s where s.case_id = c.id and s.state in ('active', 'waiting') and s.authority_id is not null) as issues,
         case when c.state in ('issued', 'closed') then coalesce((select max(e.at) from cases.events e where e.case_id = c.id and e.kind = 'issued'), c.registered_at)
              when c.state = 'suspended' then coalesce((select max(e.at) from cases.events e where e.case_id = c.id and e.kind = 'suspended'), c.registered_at)
              else coalesce(act.started_at, c.decided_at, c.registered_at) end as since
  from cases.cases c
  left join lateral (select * from cases.stages s where s.case_id = c.id and s.state = 'active' order by s.position limit 1) act on true
), parties as (
  select w.*, p.place, p.kind,
         exists (select from cases.stages s where s.case_id = w.id and s.authority_id = p.place and s.state in ('active', 'waiting')) as ahead,
         exists (select from cases.stages s where s.case_id = w.id and s.authority_id = p.place and s.started_at is not null) as begun
  from work w cross join lateral (
    select w.centre_id as place, 'centre' as kind union select w.authority_id, 'authority'
    union select s.authority_id, 'authority' from cases.stages s where s.case_id = w.id and s.authority_id is not null) p
), stand as (
  select p.*, case
    when over then 'over'
    when state <> 'suspended' and issues and place = centre_id then 'issue'
    when state <> 'suspended' and not issues and place = actor then 'turn'
    when state = 'suspended' and (place in (centre_id, actor) or place = authority_id and begun) then 'applicant'
    when place = centre_id then 'others'
    when not ahead and not (place = authority_id and state in ('registered', 'in_progress', 'suspended')) then 'past'
    when begun then 'others'
    else 'ahead' end as standing
  from parties p
)
select s.id, s.place, s.kind, s.standing, case when s.over then null else s.stage_id end,
       case when s.standing = 'turn' and s.action in ('agrees', 'approves') and coalesce(s.stage_of, s.centre_id) = s.place
            then btrim(regexp_replace(translate(lower(s.official), '’ʼ`', ''''''''), '\s+', ' ', 'g')) else '' end,
       a.person,
       case when s.over or s.state = 'suspended' then null
            when s.state in ('registered', 'in_progress') then least(s.stage_due, s.due_on) else s.stage_due end,
       s.since
from stand s left join cases.assignments a on a.case_id = s.id and a.place = s.place;

grant select, insert, update, delete on cases.assignments, cases.turns to internal_site;
grant insert on cases.turns to intake;
