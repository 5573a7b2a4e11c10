-- Accounts of citizens, which nobody can read here (shared/doc/decisions). The private half of an account's key is kept only
-- wrapped; there is no name, address or number in any column, and no hash of one alone.

create table account.accounts (
  id         uuid primary key,
  public_key bytea not null check (octet_length(public_key) = 1216),
  about      bytea not null check (octet_length(about) <= 8000),   -- sealed to the account: how its owner signs in
  created_on date not null default current_date,
  seen_on    date not null default current_date                    -- when it was opened last
);
create index accounts_seen on account.accounts (seen_on);

-- The ways to open an account. id is derived from the secret itself (for a password: with the login, by argon2id), so a way is
-- found by whoever knows the secret and by nobody else. wrapped is the private half under another key derived from it.
create table account.ways (
  id         bytea primary key check (octet_length(id) = 32),
  account_id uuid not null references account.accounts on delete cascade,
  kind       text not null check (kind in ('password', 'recovery')),
  wrapped    bytea not null check (octet_length(wrapped) = 60),
  memory     integer check (memory between 8 and 1048576),         -- KiB, what the password was hashed with
  passes     integer check (passes between 1 and 64),
  made_on    date not null default current_date,
  check ((kind = 'password') = (memory is not null and passes is not null))
);
create index ways_of_account on account.ways (account_id, kind);

-- Who is signed in. id is the hash of one cookie; wrapped is the private half under a key that only another cookie holds, which goes to
-- the pages of the cabinet alone.
create table account.sessions (
  id         bytea primary key check (octet_length(id) = 32),
  account_id uuid not null references account.accounts on delete cascade,
  wrapped    bytea not null check (octet_length(wrapped) = 60),
  about      bytea not null check (octet_length(about) <= 8000),   -- sealed to the account: which browser
  begun_at   timestamptz not null default now(),
  seen_at    timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sessions_of_account on account.sessions (account_id);
create index sessions_expires on account.sessions (expires_at);

-- What somebody follows: number, secret code and a name of their own, sealed to the account.
create table account.matters (
  id         uuid primary key,
  account_id uuid not null references account.accounts on delete cascade,
  sealed     bytea not null check (octet_length(sealed) <= 8000)
);
create index matters_of_account on account.matters (account_id);
alter table account.matters alter column sealed set storage external; -- sealed bytes do not compress

grant select, insert, update, delete on account.accounts, account.ways, account.sessions, account.matters to external_site;
