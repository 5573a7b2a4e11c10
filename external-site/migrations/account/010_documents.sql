-- Documents that the owner of an account keeps. The bytes are an object of the bucket cabinet under the row's id, sealed under a key of their own; that
-- key, name, type and date are sealed to the account. size is that of the object, so that room can be counted.
create table account.documents (
  id         uuid primary key,
  account_id uuid not null references account.accounts on delete cascade,
  sealed     bytea not null check (octet_length(sealed) <= 8000),
  size       bigint not null check (size > 0),
  expires_at timestamptz                                           -- while its object is on the way; null once it is there
);
create index documents_of_account on account.documents (account_id);
create index documents_expires on account.documents (expires_at) where expires_at is not null;
alter table account.documents alter column sealed set storage external; -- sealed bytes do not compress
grant select, insert, update, delete on account.documents to external_site;

-- Objects whose row is gone, however it went: with its account, too. They stand here until they are removed.
create table account.objects_gone (
  id uuid primary key
);
grant select, insert, delete on account.objects_gone to external_site;

create function account.document_gone() returns trigger language plpgsql as $$
begin
  insert into account.objects_gone (id) values (old.id) on conflict do nothing;
  return null;
end $$;
create trigger documents_gone after delete on account.documents for each row execute function account.document_gone();
