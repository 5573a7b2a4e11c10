-- Made by scripts/replica from deploy/whitelist.d and the internal schema: the tables of the replica and who may do what
-- with them. Indexes are written by hand, in a file of their own.

alter table region.profile add column appeal text not null default ''::text;
alter table region.profile add column appeal_en text not null default ''::text;
alter table region.profile add column appeal_days integer not null default 0;
