-- What somebody has typed at a case and not sent yet, for nobody but them; and who looks at a case now.
create table cases.drafts (
  case_id uuid not null references cases.cases,
  person  uuid not null references access.users,
  field   text not null check (field ~ '^[a-z_]{1,40}$'),
  text    text not null check (length(text) <= 4000),
  at      timestamptz not null,
  primary key (case_id, person, field)
);
create table cases.presences (
  case_id uuid not null references cases.cases,
  person  uuid not null references access.users,
  at      timestamptz not null,
  primary key (case_id, person)
);
grant select, insert, update, delete on cases.drafts, cases.presences to internal_site;
