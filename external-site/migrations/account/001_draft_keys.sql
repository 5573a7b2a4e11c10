-- Drafts that are sealed under another key after each change, and receipts under a key of their own
-- (shared/doc/decisions/0003). Drafts of the release before are under keys that this one does not look for; they expire.

alter table account.drafts
  add column kind    text not null default 'application' check (kind ~ '^[a-z][a-z_]{0,39}$'),
  add column changes integer not null default 0 check (changes >= 0);

-- The emptiest draft goes first when there are too many.
create index drafts_emptiest on account.drafts (changes, expires_at) where submitted_at is null and object_keys = '{}';

-- What was given to citizens lately, for the page that shows it, sealed under a key that only their cookie holds.
create table account.kept_receipts (
  id         bytea primary key check (octet_length(id) = 32),       -- hash of the cookie's handle
  draft_id   bytea not null check (octet_length(draft_id) = 32),    -- leads here until the receipt was opened
  sealed     bytea not null check (octet_length(sealed) <= 4000),
  expires_at timestamptz not null
);
create index kept_receipts_expires on account.kept_receipts (expires_at);
grant select, insert, delete on account.kept_receipts to external_site;
