-- For whom the owner of an account applies: what the first pages of every application ask, sealed to the account.
create table account.applicants (
  id         uuid primary key,
  account_id uuid not null references account.accounts on delete cascade,
  sealed     bytea not null check (octet_length(sealed) <= 20000)
);
create index applicants_of_account on account.applicants (account_id);
alter table account.applicants alter column sealed set storage external; -- sealed bytes do not compress
grant select, insert, update, delete on account.applicants to external_site;
