-- Until when an answer was due before a change of the calendar moved it.
alter table questions.threads add column due_was date;
