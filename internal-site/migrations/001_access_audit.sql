-- Staff accounts, their roles by centre and authority, sessions, and the audit trail.

create schema access;

create table access.users (
  id            uuid primary key,
  login         text not null check (login = lower(login) and login ~ '^[a-z0-9][a-z0-9._-]{1,62}$'),
  full_name     text not null,
  position      text not null default '',
  email         text not null default '',
  phone         text not null default '',
  language      text not null default 'uk' check (language in ('uk', 'en')),
  password_hash text not null,                       -- argon2id, PHC string
  must_change   boolean not null default true,       -- the password was set by somebody else
  state         text not null default 'active' check (state in ('active', 'blocked')),
  created_at    timestamptz not null default now(),
  version       integer not null default 1
);
create unique index users_login on access.users (login);

-- A role counts where it was given: in one centre, in one authority, or (both null) in the whole region.
create table access.roles (
  id           uuid primary key,
  user_id      uuid not null references access.users on delete cascade,
  role         text not null check (role in ('administrator', 'centre_head', 'officer', 'authority_head',
                                             'regional_manager', 'portal_administrator')),
  centre_id    uuid,
  authority_id uuid,
  given_at     timestamptz not null default now(),
  given_by     uuid references access.users,
  check (case role
           when 'administrator' then centre_id is not null and authority_id is null
           when 'centre_head' then centre_id is not null and authority_id is null
           when 'officer' then authority_id is not null and centre_id is null
           when 'authority_head' then authority_id is not null and centre_id is null
           else centre_id is null and authority_id is null
         end)
);
create unique index roles_once on access.roles
  (user_id, role, coalesce(centre_id, authority_id, '00000000-0000-0000-0000-000000000000'));

create table access.sessions (
  token_hash bytea primary key check (length(token_hash) = 32), -- SHA-256 of the cookie's value
  user_id    uuid not null references access.users on delete cascade,
  created_at timestamptz not null default now(),
  seen_at    timestamptz not null default now(),
  expires_at timestamptz not null,
  address    inet,
  agent      text not null default ''
);
create index sessions_user on access.sessions (user_id);

create table access.sign_in_attempts (
  id         bigint generated always as identity primary key,
  login      text not null,
  address    inet not null,
  at         timestamptz not null default now(),
  successful boolean not null
);
create index sign_in_attempts_login on access.sign_in_attempts (login, at);
create index sign_in_attempts_address on access.sign_in_attempts (address, at);

create schema audit;

create table audit.events (
  id           bigint generated always as identity primary key,
  at           timestamptz not null default now(),
  actor_id     uuid,                                  -- null: the system itself
  actor        text not null,                         -- login or name of the process, as it was then
  action       text not null,                         -- e.g. catalogue.card.publish
  object_type  text not null,
  object_id    text not null,
  centre_id    uuid,
  authority_id uuid,
  reason       text not null default '',
  detail       jsonb not null default '{}'
);
create index events_object on audit.events (object_type, object_id, at);
create index events_at on audit.events (at);

-- The only way to write the trail: nobody may change or remove what it says.
create function audit.record(actor_id uuid, actor text, action text, object_type text, object_id text,
                             centre_id uuid, authority_id uuid, reason text, detail jsonb) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into audit.events (actor_id, actor, action, object_type, object_id, centre_id, authority_id, reason, detail)
  values (actor_id, actor, action, object_type, object_id, centre_id, authority_id, coalesce(reason, ''), coalesce(detail, '{}'))
$$;
revoke all on function audit.record from public;

grant usage on schema access, audit to internal_site;
grant select, insert, update, delete on access.users, access.roles, access.sessions, access.sign_in_attempts to internal_site;
grant select on audit.events to internal_site;
grant execute on function audit.record to internal_site;
grant usage on schema audit to intake;
grant execute on function audit.record to intake;
