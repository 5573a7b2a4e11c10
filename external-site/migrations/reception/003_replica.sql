-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

create table reception.loads (
  centre_id uuid not null,
  day date not null,
  waiting integer not null,
  windows integer not null,
  longest timestamp with time zone,
  half_wait integer,
  closed boolean not null,
  closed_word text not null,
  closed_word_en text not null,
  at timestamp with time zone not null,
  primary key (centre_id)
);
grant delete, insert, select, truncate, update on reception.loads to syncer_writer;
grant select on reception.loads to external_site;

create table reception.usual (
  centre_id uuid not null,
  weekday integer not null,
  hour integer not null,
  people integer not null,
  half_wait integer not null,
  primary key (centre_id, weekday, hour)
);
grant delete, insert, select, truncate, update on reception.usual to syncer_writer;
grant select on reception.usual to external_site;
