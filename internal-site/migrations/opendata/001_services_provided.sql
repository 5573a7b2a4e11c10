-- after: cases/040 documents/010
-- The open data set «services provided». What its rows say follows from cases.measures, which acts write; here stands by which number the
-- public knows a row, and which edition of the set is published. Neither table leaves: the files of an edition do, as documents.files.
create schema open_data;

-- Random and of the set alone: nobody who knows a case, or its code, finds its row by it, and the other way round. A case that is decided
-- again keeps its number.
create table open_data.numbers (
  case_id uuid primary key,                              -- of cases.cases; no foreign key, which would write to every case that gets a number
  uid     uuid not null unique default gen_random_uuid()
);

create table open_data.sets (
  name       text primary key check (name = 'services-provided'),
  public     boolean not null default false,
  asked_at   timestamptz,                                -- to be made before its night
  made_at    timestamptz,                                -- when it was looked at last, whether or not anything had changed
  busy_until timestamptz,                                -- a process is making it, and has died over it when this has passed
  edition    jsonb,                                      -- shared/opendata.Edition that is published
  index_id   uuid,                                       -- its index among documents.files
  former     uuid[] not null default '{}',               -- files of the edition before, which the public site gives out until these are there
  left_out   jsonb not null default '{}',                -- how many cases were left out, and why
  version    integer not null default 1,
  changed_at timestamptz not null default now(),
  changed_by uuid references access.users
);
insert into open_data.sets (name) values ('services-provided');

grant usage on schema open_data to internal_site;
grant select, insert on open_data.numbers to internal_site;
grant select, update on open_data.sets to internal_site;
