-- Which drafts come from one network, and which of them somebody works on, so that a flood ends its own drafts first. The
-- value is a hash under a key that only the running process holds: nobody can tell the network from it.

alter table account.drafts
  add column sender     bytea       not null default '' check (octet_length(sender) <= 16),
  add column changed_at timestamptz not null default now();
create index drafts_of_sender on account.drafts (sender, changed_at) where submitted_at is null;
drop index account.drafts_emptiest; -- only the search for the emptiest draft used it
