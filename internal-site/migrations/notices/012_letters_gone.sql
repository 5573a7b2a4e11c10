-- Letters to followers who are gone count against the day's limit of their address all the same: otherwise whoever ends and begins to follow has it anew.
-- Nothing here is kept for longer than two days.
create table notices.letters_gone (
  person  bytea not null check (length(person) = 32), -- the address, as notices.copies has it
  sent_at timestamptz not null
);
create index letters_gone_person on notices.letters_gone (person, sent_at);
create index letters_gone_at on notices.letters_gone (sent_at);
grant select, delete on notices.letters_gone to notices;

-- Followers go by the hand of the intake, of the worker, and with what they follow; none of these writes here itself.
create function notices.letter_gone() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into notices.letters_gone (person, sent_at) values (old.person, old.sent_at);
  return null;
end $$;
revoke all on function notices.letter_gone from public;
create trigger letter_gone after delete on notices.copies for each row
  when (old.person is not null and old.sent_at > now() - interval '2 days') execute function notices.letter_gone();
