-- Files of an application that a clerk takes over at the counter. The site asks for them; the worker, which alone holds the key,
-- opens each, has it scanned, and says what became of it. Nothing is opened for entries that nobody takes over.
create table intake.files (
  message_id      uuid not null references intake.messages,
  id              uuid not null,                      -- of the attachment within the sealed record
  position        integer not null,                   -- in the order of the record
  field           text not null,                      -- of the form
  document        text not null default '',           -- id of the card's document that the form asked for
  file_name       text not null,
  media_type      text not null,
  size            bigint not null check (size > 0),
  sha256          text not null check (length(sha256) = 64),
  state           text not null default 'wanted' check (state in ('wanted', 'opened', 'refused', 'taken', 'unwanted')),
  reason          text not null default '',           -- key of the words that say why a refused one cannot be had
  object_key      text not null default '',           -- of an opened one, in the bucket quarantine
  notes           text not null default '',           -- what the scanner of malware said
  attempts        integer not null default 0,
  failures        integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  primary key (message_id, id)
);
create index files_due on intake.files (next_attempt_at) where state in ('wanted', 'taken', 'unwanted');

-- What was opened for an entry that ended otherwise is removed.
create function intake.forget_files() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update intake.files f set state = 'unwanted', next_attempt_at = greatest(f.next_attempt_at, now()) where f.message_id = new.message_id;
  perform pg_notify('intake_message', '');
  return null;
end $$;
create trigger forget_files after update of state on intake.refusals
  for each row when (new.source = 'refused' and old.state = 'open' and new.state in ('refused', 'closed')) execute function intake.forget_files();
revoke all on function intake.forget_files from public;

grant select, insert on intake.files to internal_site;
grant update (state, next_attempt_at, failures) on intake.files to internal_site;
grant select, update, delete on intake.files to intake;
