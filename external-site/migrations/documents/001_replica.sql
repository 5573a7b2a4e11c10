-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

create table documents.issued (
  id uuid not null,
  number text not null,
  authority_id uuid not null,
  issued_on date not null,
  sha256 text not null,
  withdrawn_on date,
  primary key (id)
);
grant delete, insert, select, truncate, update on documents.issued to syncer_writer;
grant select on documents.issued to external_site;
