-- What was sent lately, as its sender typed it, for the page on which it can be printed or saved: sealed under a key of its
-- own that only the cookie of that page holds (shared/doc/decisions/0003).
create table account.kept_copies (
  id         bytea primary key check (octet_length(id) = 32),       -- hash of the cookie's handle
  sealed     bytea not null check (octet_length(sealed) <= 262144),
  expires_at timestamptz not null
);
create index kept_copies_expires on account.kept_copies (expires_at);
alter table account.kept_copies alter column sealed set storage external; -- sealed bytes do not compress
grant select, insert, delete on account.kept_copies to external_site;
