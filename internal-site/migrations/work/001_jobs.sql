-- after: access/009 audit/001
-- Long work that somebody asked for and that is done without them: what it was asked for, how far it is, and the file that it made.
create schema work;

create table work.jobs (
  id         uuid primary key,
  kind       text not null,
  asked_by   uuid not null references access.users,
  asked      jsonb not null,                             -- what exactly, as the kind reads it
  language   text not null check (language in ('uk', 'en')),
  asked_at   timestamptz not null,
  state      text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'stopped')),
  began_at   timestamptz,
  ended_at   timestamptz,
  runner     uuid,                                       -- of this beginning; another one begins anew when it has been silent for long
  beat_at    timestamptz,                                -- when the runner was heard of
  begun      integer not null default 0,                 -- how many times, apart from those that a restart ended
  done       bigint not null default 0,
  total      bigint not null default 0,                  -- 0: not known
  reason     text not null default '',                   -- key of the words that say why it failed
  reach      jsonb,                                      -- places that the one who asked reached when it was done
  object_key text unique,                                -- of the file; null once it is removed
  file_name  text not null default '',
  media_type text not null default '',
  size       bigint not null default 0,
  sha256     text not null default '',
  kept_until timestamptz,                                -- then the file is removed
  check ((state in ('waiting', 'running')) = (ended_at is null)),
  check ((state = 'running') = (runner is not null)),
  check (object_key is null or state = 'done')
);
-- The same request, made twice, is one piece of work.
create unique index jobs_once on work.jobs (asked_by, kind, language, md5(asked::text)) where ended_at is null;
create index jobs_due on work.jobs (asked_at, id) where ended_at is null;
create index jobs_of on work.jobs (asked_by, asked_at desc, id desc);
create index jobs_latest on work.jobs (asked_at desc, id desc);
create index jobs_kept on work.jobs (kept_until) where object_key is not null;
create index jobs_ended on work.jobs (ended_at) where object_key is null;

grant usage on schema work to internal_site;
grant select, insert, update, delete on work.jobs to internal_site;
