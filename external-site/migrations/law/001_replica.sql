-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

create table law.editions (
  id uuid not null,
  act_id uuid not null,
  in_force_on date not null,
  note text not null,
  file_id uuid,
  published boolean not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on law.editions to syncer_writer;
grant select on law.editions to external_site;

create table law.parts (
  edition_id uuid not null,
  number integer not null,
  body text not null,
  headings jsonb not null,
  published boolean not null,
  primary key (edition_id, number)
);
grant delete, insert, select, truncate, update on law.parts to syncer_writer;
grant select on law.parts to external_site;
