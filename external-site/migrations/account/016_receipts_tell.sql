-- A receipt says of a booking what it is for: up to five names of services in two languages.
alter table account.kept_receipts drop constraint kept_receipts_sealed_check,
  add constraint kept_receipts_sealed_check check (octet_length(sealed) <= 16000);
