-- after: org/001
-- After a change of the calendar the terms of all open cases are reckoned anew, case by case. A row says how far that got,
-- so that a process that dies over it is followed by another.
insert into cases.event_kinds values ('recounted') on conflict do nothing;

create table cases.recounts (
  id       uuid primary key,
  asked_at timestamptz not null,
  asked_by uuid references access.users,              -- null: the command line
  after    uuid,                                      -- the last case that was looked at
  seen     integer not null default 0,
  moved    integer not null default 0,                -- cases of which a last day moved
  done_at  timestamptz
);
create index recounts_open on cases.recounts (id) where done_at is null;

grant select, insert, update on cases.recounts to internal_site;
