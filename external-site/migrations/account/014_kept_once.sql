-- What came with a matter is kept once, however often it is asked for: mark is told from the secret code of the matter and the bytes, so that
-- the row says to nobody without the code what it is.
alter table account.documents add column mark bytea check (octet_length(mark) = 32);
create unique index documents_mark on account.documents (account_id, mark) where mark is not null;
