-- after: access/009 cases/016 counter/002 notices/014
-- For how long each kind of data is kept. A rule is never changed: the next version replaces it. A kind without a rule is kept for the
-- term that the program has for it.
create schema retention;

create table retention.rules (
  kind    text not null check (kind ~ '^[a-z][a-z_]{1,39}$'),
  version integer not null check (version > 0),
  days    integer not null check (days >= 0),          -- 0: kept until there is a term
  paused  boolean not null,                            -- nothing is removed
  reason  text not null default '',
  set_at  timestamptz not null,
  set_by  uuid not null references access.users,
  primary key (kind, version)
);

-- What was removed, by day: how much and nothing of what.
create table retention.removed (
  kind   text not null,
  day    date not null,
  rows   bigint not null,
  bytes  bigint not null,
  before timestamptz not null,                         -- everything removed that day was older
  at     timestamptz not null,                         -- of the last batch
  primary key (kind, day)
);

grant usage on schema retention to internal_site, intake, notices;
grant select, insert on retention.rules to internal_site;
grant select on retention.rules to intake, notices;
grant select, insert, update on retention.removed to internal_site, intake, notices;

-- The worker of notices writes to the trail what it removes.
grant usage on schema audit to notices;
grant execute on function audit.record to notices;

-- The page counts what is old, and so finds it by an index.
create index sign_in_attempts_failed on access.sign_in_attempts (at) where not successful;
create index sign_in_attempts_successful on access.sign_in_attempts (at) where successful;
create index sessions_expire on access.sessions (expires_at);
create index drafts_at on cases.drafts (at);
create index visits_saved on counter.visits (saved_at) where state = 'open';
create index copies_ended on notices.copies (at) where state not in ('waiting', 'sending');
create index receipts_of_events on notices.receipts (at) where event_id is not null;
create index receipts_stray on notices.receipts (at) where event_id is null;
create index digests_at on notices.digests (at);
grant select (id, follower_id, event_id, at, state, reason, detail, sent_at, person) on notices.copies to internal_site;
grant select on notices.receipts to internal_site;
