-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

create table questions.published (
  id uuid not null,
  centre_id uuid,
  authority_id uuid,
  service_id uuid,
  question text not null,
  question_en text not null,
  answer text not null,
  answer_en text not null,
  published boolean not null,
  published_at timestamp with time zone not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on questions.published to syncer_writer;
grant select on questions.published to external_site;
