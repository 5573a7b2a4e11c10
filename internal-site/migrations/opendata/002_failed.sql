-- After a failure the set is not made for a while, and an edition stays for a while before another follows it.
alter table open_data.sets
  add column failed_at timestamptz,                      -- when making it failed; null after it has succeeded
  add column out_at    timestamptz;                      -- since when the edition is published
update open_data.sets set out_at = made_at where edition is not null;
