-- Passkeys as ways to open an account: the public half of the device's key, and a name sealed to the account.
alter table account.ways drop constraint ways_kind_check;
alter table account.ways
  add constraint ways_kind_check check (kind in ('password', 'recovery', 'passkey')),
  add column credential jsonb,
  add column about bytea check (octet_length(about) <= 8000),
  add constraint ways_passkey check ((kind = 'passkey') = (credential is not null and about is not null));

-- What browsers were asked to have signed, until the answer comes.
create table account.challenges (
  id         bytea primary key check (octet_length(id) = 32),
  account_id uuid references account.accounts on delete cascade,  -- of whoever adds a key; null while nobody knows who answers
  kept       jsonb not null,
  expires_at timestamptz not null
);
create index challenges_expires on account.challenges (expires_at);
create index challenges_of_account on account.challenges (account_id);
grant select, insert, delete on account.challenges to external_site;
