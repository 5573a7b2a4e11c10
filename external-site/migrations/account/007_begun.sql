-- Drafts that were begun while an account was open, found again on another device: where they are and the token that opens
-- them, sealed to the account. id is derived from the account and the draft under the installation's key.
create table account.begun (
  id         uuid primary key,
  account_id uuid not null references account.accounts on delete cascade,
  sealed     bytea not null check (octet_length(sealed) <= 8000),
  expires_at timestamptz not null
);
create index begun_of_account on account.begun (account_id);
create index begun_expires on account.begun (expires_at);
alter table account.begun alter column sealed set storage external; -- sealed bytes do not compress

grant select, insert, update, delete on account.begun to external_site;
