-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

alter table catalogue.life_situations add column published boolean not null default true;

create table catalogue.situation_steps (
  situation_id uuid not null,
  number integer not null,
  heading text not null,
  heading_en text not null,
  body text not null,
  body_en text not null,
  optional boolean not null,
  term_kind text not null,
  term_count integer not null,
  term_unit text not null,
  term_law text not null,
  term_law_en text not null,
  elsewhere uuid[] not null,
  published boolean not null,
  primary key (situation_id, number)
);
grant delete, insert, select, truncate, update on catalogue.situation_steps to syncer_writer;
grant select on catalogue.situation_steps to external_site;
