-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

alter table catalogue.elsewhere add column phone text not null default ''::text;
alter table catalogue.elsewhere add column address text not null default ''::text;
alter table catalogue.elsewhere add column address_en text not null default ''::text;
alter table catalogue.elsewhere add column how text not null default ''::text;
alter table catalogue.elsewhere add column how_en text not null default ''::text;
alter table catalogue.elsewhere add column checked_on date;
alter table catalogue.elsewhere add column published boolean not null default true;
