-- A refusal may rest on several grounds. refusal_ground goes on being written, with the first of them, for the release before.
alter table cases.cases add column refusal_grounds text[] not null default '{}' check (cardinality(refusal_grounds) <= 100);
