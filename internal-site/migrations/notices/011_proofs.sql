-- Letters with a proof that left lately, by the hash of their address: they count against its limit also when the follower who asked for them
-- is gone, or follows at another address by now. Nothing here is kept for longer than a day.
create table notices.proofs (
  address     bytea not null check (length(address) = 32),
  follower_id uuid not null, -- who need not be there any more
  at          timestamptz not null
);
create index proofs_at on notices.proofs (at);
grant select, insert, delete on notices.proofs to intake;
drop index notices.copies_proofs;
