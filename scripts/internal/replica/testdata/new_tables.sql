-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

create schema if not exists stock;
grant usage on schema stock to syncer_writer, external_site;

create table stock.items (
  id uuid not null,
  code text not null,
  price numeric(12,2),
  tags text[] not null,
  "order" integer not null,
  made_at timestamp with time zone not null,
  primary key (id)
);
grant delete, insert, select, truncate, update on stock.items to syncer_writer;
grant select on stock.items to external_site;

create table stock.places (
  item_id uuid not null,
  place integer not null,
  primary key (place, item_id)
);
grant delete, insert, select, truncate, update on stock.places to syncer_writer;
grant select on stock.places to external_site;
