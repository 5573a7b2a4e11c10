-- Territory, service centres, authorities, and the calendar that terms run on.

create schema org;

-- КАТОТТГ: the codifier of administrative units, five levels.
create table org.units (
  code        text primary key check (code ~ '^UA[0-9]{17}$'),
  parent_code text references org.units deferrable initially deferred,
  level       smallint not null check (level between 1 and 5),
  category    text not null check (category in ('O', 'K', 'P', 'H', 'M', 'T', 'C', 'X', 'B')),
  name        text not null
);
create index units_parent on org.units (parent_code);

create table org.authorities (
  id             uuid primary key,
  code           text not null unique,               -- short, for people and files: soc-protection
  edrpou         text not null default '',
  name           text not null,
  name_en        text not null default '',
  short_name     text not null default '',
  short_name_en  text not null default '',
  level          text not null default 'local' check (level in ('state', 'regional', 'local')),
  unit_code      text references org.units deferrable initially deferred,
  address        text not null default '',
  address_en     text not null default '',
  phones         text[] not null default '{}',
  email          text not null default '',
  site           text not null default '',
  schedule       jsonb not null default '{}',        -- shared/hours.Schedule
  people         jsonb not null default '[]',        -- shared/contract.Person: officials whom citizens may address
  internal_notes text not null default '',
  source         text not null default 'own',        -- own, or the name of the import it came from
  source_id      text not null default '',
  published      boolean not null default false,
  version        integer not null default 1,
  updated_at     timestamptz not null default now()
);
create unique index authorities_source on org.authorities (source, source_id) where source <> 'own';
create unique index authorities_published on org.authorities (id, published);
alter table org.authorities replica identity using index authorities_published;

create table org.centres (
  id             uuid primary key,
  code           text not null unique check (code ~ '^[0-9]{2,4}$'), -- opens the number of every case
  name           text not null,
  name_en        text not null default '',
  unit_code      text references org.units deferrable initially deferred,
  address        text not null default '',
  address_en     text not null default '',
  directions     text not null default '',           -- how to get there, how to enter without steps
  directions_en  text not null default '',
  phones         text[] not null default '{}',
  email          text not null default '',
  site           text not null default '',
  latitude       numeric(9, 6),
  longitude      numeric(9, 6),
  schedule       jsonb not null default '{}',
  people         jsonb not null default '[]',
  case_pattern   text not null default '{centre}-{year}-{number:6}',
  internal_notes text not null default '',
  published      boolean not null default false,
  version        integer not null default 1,
  updated_at     timestamptz not null default now()
);
create unique index centres_published on org.centres (id, published);
alter table org.centres replica identity using index centres_published;

-- Days that differ from the plain Monday-to-Friday week; staff own this calendar.
create table org.calendar_days (
  day        date primary key,
  working    boolean not null,
  name       text not null default '',
  updated_at timestamptz not null default now()
);

grant usage on schema org to internal_site, intake;
grant select, insert, update, delete on all tables in schema org to internal_site;
grant select on all tables in schema org to intake;
