-- after: notices/001
-- What the last act of a case has changed, so that whoever did it can take it back for a moment, while nobody has acted since.
-- An event that was taken back becomes one of the kind "undone", so that nothing that reads the others counts it; what kind it
-- was is kept beside. It is not published any more, and the notice that waits to tell of it is dropped.
insert into cases.event_kinds values ('undone'), ('taken_back');

alter table cases.events
  add column undone_at timestamptz,
  add column was       text not null default '',        -- its kind before it was taken back
  add constraint events_undone check ((kind = 'undone') = (undone_at is not null) and (kind <> 'undone' or not published));

create table cases.undos (
  case_id uuid primary key references cases.cases,
  act     text not null,
  version integer not null,                           -- of the case after the act: nobody has acted since while it is that
  person  uuid not null references access.users,
  at      timestamptz not null,
  until   timestamptz not null,
  before  jsonb not null,                             -- the case, its stages and who worked on it
  events  uuid[] not null,                            -- that the act has left
  check (until > at)
);
create index undos_person on cases.undos (person, until);

grant select, insert, update, delete on cases.undos to internal_site;

-- The notice of an act that can still be taken back waits as long; then the worker looks whether it was.
grant insert (next_at) on notices.outbox to internal_site;
grant select (id) on cases.events to notices;
