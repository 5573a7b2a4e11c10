-- Modules that a community has switched on or off: for the whole installation (centre_id is null), or for one centre.
-- What has no row is on. Both sites read this table; it leaves as it is.
create schema modules;

create table modules.switches (
  id         uuid primary key,
  module     text not null check (module ~ '^[a-z][a-z_]{1,39}$'),
  centre_id  uuid references org.centres,
  enabled    boolean not null,
  changed_at timestamptz not null default now(),
  changed_by uuid references access.users
);
create unique index switches_once on modules.switches (module, coalesce(centre_id, '00000000-0000-0000-0000-000000000000'));

grant usage on schema modules to internal_site, intake;
grant select, insert, update on modules.switches to internal_site;
grant select on modules.switches to intake;
