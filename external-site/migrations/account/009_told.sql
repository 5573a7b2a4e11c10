-- What an account wants to be told of by e-mail: the address, the proof that it is its owner's, matters and events. Sealed to the account.
create table account.told (
  account_id uuid primary key references account.accounts on delete cascade,
  sealed     bytea not null check (octet_length(sealed) <= 40000)
);
alter table account.told alter column sealed set storage external; -- sealed bytes do not compress
grant select, insert, update, delete on account.told to external_site;
