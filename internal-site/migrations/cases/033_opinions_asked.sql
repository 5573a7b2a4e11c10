-- A colleague is asked for an opinion on a case. Whether they have given it is said by the events of the case alone, so that an opinion
-- that is taken back leaves the question open.
insert into cases.event_kinds values ('opinion_asked') on conflict do nothing;
create table cases.opinions_asked (
  event_id uuid primary key references cases.events,  -- which has the question and who asks
  case_id  uuid not null references cases.cases,
  place    uuid not null,                              -- the centre or the authority of both
  asked_by uuid not null references access.users,
  person   uuid references access.users,               -- null: anybody of the place
  asked_at timestamptz not null,
  due_on   date not null,
  check (person <> asked_by)
);
create index opinions_asked_case on cases.opinions_asked (case_id);
create index opinions_asked_person on cases.opinions_asked (person, asked_at);
create index opinions_asked_place on cases.opinions_asked (place, asked_at) where person is null;
create index opinions_asked_by on cases.opinions_asked (asked_by, asked_at);
grant select, insert on cases.opinions_asked to internal_site;
grant select on cases.opinions_asked to notices;
grant select (actor_id, undone_at) on cases.events to notices;
