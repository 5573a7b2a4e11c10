-- The intake worker opens what strangers sent. It writes cases and looks for the one that a message became; of
-- applicants, files and the work on cases it reads nothing.
revoke select on cases.applicants, cases.cases, cases.stages, cases.events, documents.files, law.acts from intake;
grant select (id, number, message_id) on cases.cases to intake;
