-- The letter that staff get in the morning of a working day when they asked for it, and how the channels do.
create table notices.subscribers (
  user_id uuid primary key references access.users on delete cascade,
  since   timestamptz not null default now()
);

-- One row for a person and a day, written before the letter leaves: whatever dies, nobody gets two.
create table notices.digests (
  user_id uuid not null references access.users on delete cascade,
  day     date not null,
  state   text not null check (state in ('sending', 'sent', 'empty', 'failed')),
  detail  text not null default '',                   -- what the mail server answered
  at      timestamptz not null,
  primary key (user_id, day)
);
create index digests_day on notices.digests (day);

create table notices.channels (
  channel    text primary key check (channel in ('email', 'sms')),
  configured boolean not null,                        -- the worker has a server for it
  seen_at    timestamptz not null,                    -- the worker said so
  since      timestamptz,                             -- it has worked without a failure; null: it does not work, or has not been used
  sent_at    timestamptz,                             -- of the last letter that was taken
  failed_at  timestamptz,
  error      text not null default ''                 -- what the server answered then
);

grant select, insert, delete on notices.subscribers to internal_site;
grant select on notices.channels, notices.digests to internal_site;
grant select on notices.subscribers to notices;
grant select, insert, update, delete on notices.digests to notices;
grant select, insert, update on notices.channels to notices;
grant usage on schema access to notices;
grant select (id, email, language, state) on access.users to notices;
grant select (case_id, kind, standing, person, due_on) on cases.turns to notices;
grant select on org.calendar_days to notices;
