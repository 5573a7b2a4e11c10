-- Groups of users are rows: those that the portal comes with, and those that an administrator adds. A group counts in
-- places of one kind; whoever is in it there (access.roles) has its rights there.

create table access.groups (
  code     text primary key check (code ~ '^[a-z][a-z0-9_]{1,62}$'),
  name     text not null check (name <> ''),
  name_en  text not null default '',
  place    text not null check (place in ('centre', 'authority', 'region')),
  standard boolean not null default false,           -- the portal came with it: new actions of a release reach it
  position integer not null default 1000,
  version  integer not null default 1,
  unique (code, place)
);

insert into access.groups (code, name, name_en, place, standard, position) values
  ('administrator', 'Адміністратор ЦНАП', 'Administrator of a service centre', 'centre', true, 10),
  ('centre_head', 'Керівник ЦНАП', 'Head of a service centre', 'centre', true, 20),
  ('officer', 'Посадова особа органу', 'Officer of an authority', 'authority', true, 30),
  ('authority_head', 'Керівник органу', 'Head of an authority', 'authority', true, 40),
  ('regional_manager', 'Регіональний менеджер', 'Regional manager', 'region', true, 50),
  ('portal_administrator', 'Адміністратор порталу', 'Portal administrator', 'region', true, 60);

-- Actions are declared by the program (rights.go of each domain). A row whose action no domain declares any more
-- counts for nothing and is shown to the administrator.
create table access.group_rights (
  group_code text not null references access.groups on delete cascade,
  action     text not null,
  reach      text not null check (reach in ('own', 'part', 'anywhere')),
  primary key (group_code, action)
);

-- The actions whose defaults the standard groups were given already, by `internal-site migrate`. What an
-- administrator changed since then is not given again.
create table access.declared_actions (
  action      text primary key,
  declared_at timestamptz not null default now()
);

-- The two checks that listed the groups give way to references: to a group that exists, in a place of its kind.
alter table access.roles
  add column place text not null generated always as (
    case when centre_id is not null then 'centre' when authority_id is not null then 'authority' else 'region' end) stored,
  drop constraint roles_role_check,
  drop constraint roles_check,
  add constraint roles_one_place check (centre_id is null or authority_id is null),
  add constraint roles_group foreign key (role, place) references access.groups (code, place);
create index roles_group on access.roles (role);

-- What one person proposed and another has to confirm: that somebody gets sensitive rights by joining a group
-- ('give'), or that those who are in a group get them ('widen').
create table access.proposals (
  id            uuid primary key,
  kind          text not null check (kind in ('give', 'widen')),
  user_id       uuid references access.users on delete cascade,
  group_code    text not null references access.groups on delete cascade,
  group_version integer not null,                     -- what the group was when it was proposed
  centre_id     uuid,
  authority_id  uuid,
  content       jsonb not null default '{}',          -- widen: the group as it would be
  proposed_by   uuid not null references access.users,
  proposed_at   timestamptz not null,
  expires_at    timestamptz not null,
  state         text not null default 'waiting' check (state in ('waiting', 'confirmed', 'rejected', 'withdrawn')),
  decided_by    uuid references access.users,
  decided_at    timestamptz,
  check (kind <> 'give' or user_id is not null),
  check ((state = 'waiting') = (decided_at is null)),
  check (centre_id is null or authority_id is null)
);
create index proposals_waiting on access.proposals (expires_at) where state = 'waiting';
create index proposals_user on access.proposals (user_id);

grant select, insert, update, delete on access.groups, access.group_rights to internal_site;
grant select on access.declared_actions to internal_site;
grant select, insert, update on access.proposals to internal_site;
