-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

alter table catalogue.service_situations add column service_published boolean not null default true;
alter table catalogue.service_situations add column situation_published boolean not null default true;
