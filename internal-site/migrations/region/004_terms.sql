-- What the installation says of terms: by how many calendar days a term may be extended, all extensions of a case together, and how
-- many calendar days a result waits to be collected. 0: it is never extended; it waits without end.
alter table region.profile
  add column extension_days integer not null default 15 check (extension_days between 0 and 366),
  add column storage_days   integer not null default 90 check (storage_days between 0 and 3650);
