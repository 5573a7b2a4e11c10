-- What staff type to the citizen about an entry may name people, so it stays inside. It leaves once more sealed to the
-- code of whoever sent the submission, where the envelope could be opened and said whose code that is.
alter table intake.refusals
  add column recipient text not null default '',   -- age recipient of the sender's secret code; '' where it is not known
  add column typed     text not null default '',   -- what staff wrote to the sender when they decided
  add column typed_en  text not null default '';
alter table submission.answers add column sealed bytea;
alter table submission.answers alter column sealed set storage external; -- sealed bytes do not compress
grant update (typed, typed_en) on intake.refusals to internal_site;
