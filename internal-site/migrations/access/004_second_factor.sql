-- A second factor beside the password: codes of an app on a telephone, or a passkey. Groups say whether their members need
-- one. What makes the codes is sealed with a key that is in no database.
alter table access.groups add column second_factor boolean not null default false;
alter table access.users add column wrong_codes integer not null default 0; -- since the last right one
-- The password of such a session was right, and the second factor is still to come: it opens nothing else.
alter table access.sessions add column factor_due boolean not null default false;

create table access.factors (
  id            uuid primary key,
  user_id       uuid not null references access.users on delete cascade,
  kind          text not null check (kind in ('code', 'passkey')),
  name          text not null check (name <> ''),
  secret        bytea,                        -- code: sealed
  last_step     bigint not null default 0,    -- code: the latest one that was taken, by its number since 1970
  credential_id bytea unique,                 -- passkey
  credential    jsonb,                        -- passkey: its public key and counter
  created_at    timestamptz not null default now(),
  last_used_at  timestamptz,
  check (case kind when 'code' then secret is not null and credential is null
                   else secret is null and credential is not null and credential_id is not null end)
);
create index factors_user on access.factors (user_id);

-- Codes on paper for the day when the telephone is lost. Each opens once; they are random, so one round of SHA-256 is enough.
create table access.recovery_codes (
  user_id   uuid not null references access.users on delete cascade,
  code_hash bytea not null check (length(code_hash) = 32),
  used_at   timestamptz,
  primary key (user_id, code_hash)
);

-- What a browser was asked to sign with a passkey; it counts once and for a few minutes.
create table access.challenges (
  token_hash bytea primary key check (length(token_hash) = 32),
  user_id    uuid references access.users on delete cascade, -- null: whoever signs in with a passkey alone
  address    inet not null,
  data       jsonb not null,
  expires_at timestamptz not null
);
create index challenges_address on access.challenges (address, expires_at);

-- Taking the factors off an account that has rights which whoever asks for it lacks takes a second person.
alter table access.proposals
  drop constraint proposals_kind,
  add constraint proposals_kind check (kind in ('give', 'widen', 'password', 'factors'));

grant select, insert, update, delete on access.factors, access.recovery_codes, access.challenges to internal_site;
