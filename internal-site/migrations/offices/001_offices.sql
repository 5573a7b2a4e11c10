-- Who holds which office of an authority or a centre, who is absent, and who substitutes. A technological card names an
-- office in words; "key" is those words as they are compared: in small letters, with single spaces and plain apostrophes.

create schema offices;

create table offices.holders (
  id       uuid primary key,
  place    uuid not null,                             -- a centre or an authority
  kind     text not null check (kind in ('centre', 'authority')),
  title    text not null check (title <> ''),
  key      text not null check (key <> ''),
  user_id  uuid not null references access.users,
  since    timestamptz not null,
  given_by uuid references access.users,
  unique (place, key, user_id)
);
create index holders_user on offices.holders (user_id);

create table offices.absences (
  id            uuid primary key,
  user_id       uuid not null references access.users,
  substitute_id uuid references access.users,         -- null: nobody
  first_day     date not null,
  last_day      date not null,
  reason        text not null check (reason <> ''),
  entered_by    uuid references access.users,
  entered_at    timestamptz not null,
  ended_at      timestamptz,                          -- taken back, or ended early
  check (last_day >= first_day),
  check (substitute_id <> user_id)
);
create index absences_user on offices.absences (user_id, last_day) where ended_at is null;
create index absences_substitute on offices.absences (substitute_id, last_day) where ended_at is null;

grant usage on schema offices to internal_site;
grant select, insert, update, delete on offices.holders to internal_site;
grant select, insert, update on offices.absences to internal_site;
