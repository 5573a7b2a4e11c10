-- The app whose codes an account asks for beside the password: its secret, the code that was taken last and how many were wrong since, sealed to the account.
create table account.codes (
  account_id uuid primary key references account.accounts on delete cascade,
  sealed     bytea not null check (octet_length(sealed) <= 8000)
);
alter table account.codes alter column sealed set storage external; -- sealed bytes do not compress
grant select, insert, update, delete on account.codes to external_site;

-- Who has given the right password and is asked for the code. id is the hash of a cookie; wrapped is the private half under a key that only this
-- cookie holds. It is no session: nothing but the page that asks for the code finds it.
create table account.waiting (
  id         bytea primary key check (octet_length(id) = 32),
  account_id uuid not null references account.accounts on delete cascade,
  wrapped    bytea not null check (octet_length(wrapped) = 60),
  expires_at timestamptz not null
);
create index waiting_of_account on account.waiting (account_id);
create index waiting_expires on account.waiting (expires_at);
grant select, insert, delete on account.waiting to external_site;
