-- What people look for and does not follow from the catalogue itself: services that others give, and the order in which the
-- services of a life situation are applied for.

-- Services that people look for here and that others give: whoever types one of the words is told by whom.
create table catalogue.elsewhere (
  id          uuid primary key,
  code        text not null unique,
  name        text not null check (name <> ''),
  name_en     text not null default '',
  words       text not null default '',   -- phrases between commas, semicolons or line ends, beside the names
  provider    text not null check (provider <> ''),
  provider_en text not null default '',
  url         text not null default '' check (url = '' or url ~ '^https://'),
  position    integer not null default 100,
  updated_at  timestamptz not null default now()
);
grant select, insert, update, delete on catalogue.elsewhere to internal_site;

-- Services of a situation with the same step can be applied for together; 100 is a service that stands beside the path.
alter table catalogue.service_situations
  add column step    integer not null default 100 check (step between 1 and 100),
  add column note    text not null default '',
  add column note_en text not null default '';
