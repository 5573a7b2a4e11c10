-- A letter: the name of the official of the addressee to whom it is written, as the public page has it; '' when it is written to nobody in
-- particular. Who has that name finds it among their own; it stays inside.
alter table questions.threads add column official text not null default '' check (length(official) <= 200);
create index threads_official on questions.threads (lower(official), state, due_on) where official <> '';
