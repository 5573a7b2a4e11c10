-- Which region this installation serves and who owns the portal. Every page of both sites shows it, so all of it is public.
create schema region;

create table region.profile (
  id          smallint primary key default 1 check (id = 1), -- one row, or none before somebody fills it in
  name        text not null,
  name_en     text not null default '',
  owner       text not null default '',                       -- the body that owns the portal
  owner_en    text not null default '',
  help_phone  text not null default '',
  notice      text not null default '',                       -- stands on every page, e.g. that the region is fictional
  notice_en   text not null default '',
  arms        bytea check (octet_length(arms) <= 1048576),    -- PNG, drawn anew from what was uploaded
  arms_alt    text not null default '',
  arms_alt_en text not null default '',
  updated_at  timestamptz not null default now(),
  updated_by  uuid references access.users,
  version     integer not null default 1
);

grant usage on schema region to internal_site;
grant select, insert, update on region.profile to internal_site;
