-- after: cases/014
-- Whoever follows a case from a cabinet of the public site and wants letters of it. The address is one that somebody has shown to be theirs
-- to read, by what the first letter to it said; it is not the applicant's contact, and changes nothing of what applicants are told.
create table notices.followers (
  id           uuid primary key,                      -- drawn by the cabinet; nobody else outside knows it
  address      text not null check (length(address) between 3 and 254),
  language     text not null check (language in ('uk', 'en')),
  quiet_from   smallint not null check (quiet_from between 0 and 23), -- hour in Kyiv; the same as quiet_to: none
  quiet_to     smallint not null check (quiet_to between 0 and 23),
  proof        bytea not null check (length(proof) = 32), -- hash of what the letter said
  wrong        integer not null default 0,            -- proofs that were not it
  proven_at    timestamptz,
  stop         text not null unique check (length(stop) = 26), -- what the link in each letter holds
  message_id   uuid not null,                         -- that was taken last, what was answered to it, and when it was sent
  said         text not null,
  set_at       timestamptz not null
);
create index followers_address on notices.followers (lower(address));

create table notices.followed (
  follower_id uuid not null references notices.followers on delete cascade,
  case_id     uuid not null references cases.cases,
  kinds       text[] not null check (cardinality(kinds) > 0), -- of notices
  primary key (follower_id, case_id)
);
create index followed_case on notices.followed (case_id);

-- What is to be sent to followers: a letter of an event, or the one with the proof.
create table notices.copies (
  id          bigint generated always as identity primary key,
  follower_id uuid not null references notices.followers on delete cascade,
  event_id    uuid references notices.outbox,         -- null: the letter with the proof
  proof       text not null default '',               -- of that letter, until it left
  at          timestamptz not null default now(),
  state       text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'failed', 'unknown', 'dropped')),
  reason      text not null default '',
  detail      text not null default '',
  attempts    integer not null default 0,
  next_at     timestamptz not null default now(),
  sent_at     timestamptz,
  person      bytea check (length(person) = 32),
  unique (follower_id, event_id)
);
create index copies_due on notices.copies (next_at) where state in ('waiting', 'sending');
create index copies_event on notices.copies (event_id) where event_id is not null;
create index copies_person on notices.copies (person, sent_at) where person is not null;
create index copies_proofs on notices.copies (at) where event_id is null;

-- Written with the act, whichever role does it: those who cause notices neither read nor choose who follows.
create function notices.copy_for_followers() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into notices.copies (follower_id, event_id, at, next_at)
  select d.follower_id, new.event_id, new.at, new.next_at from notices.followed d join notices.followers f on f.id = d.follower_id
  where d.case_id = new.case_id and new.kind = any (d.kinds) and f.proven_at is not null
  on conflict do nothing;
  return null;
end $$;
revoke all on function notices.copy_for_followers from public;
create trigger copy_for_followers after insert on notices.outbox for each row execute function notices.copy_for_followers();

grant select, insert, update, delete on notices.followers to intake;
grant select, insert, delete on notices.followed to intake;
grant select (follower_id, event_id, at), insert (follower_id, proof, at) on notices.copies to intake;
grant select, delete on notices.followers, notices.followed to notices;
grant select, update, delete on notices.copies to notices;
