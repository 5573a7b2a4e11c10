-- What somebody gave away of them: a document's key, wrapped under a link and a code of which neither is kept. id is the hash of the link; opened counts
-- how often it was opened, wrong how many codes were tried that do not fit.
create table account.shares (
  id          bytea primary key check (octet_length(id) = 32),
  account_id  uuid not null references account.accounts on delete cascade,
  document_id uuid not null references account.documents on delete cascade,
  wrapped     bytea not null check (octet_length(wrapped) <= 8000), -- empty once it has ended
  sealed      bytea not null check (octet_length(sealed) <= 8000),  -- sealed to the account: for whom it is, and since when
  ends_at     timestamptz not null,
  most        integer not null check (most between 1 and 100),
  opened      integer not null default 0 check (opened between 0 and most),
  wrong       integer not null default 0 check (wrong >= 0),
  opened_at   timestamptz
);
create index shares_of_account on account.shares (account_id);
create index shares_of_document on account.shares (document_id);
create index shares_ends on account.shares (ends_at);
grant select, insert, update, delete on account.shares to external_site;
