-- What a submission became, whatever its kind. Answers go by message id: another message may bear the same receipt number.
alter table submission.answers
  add column subject        text,
  add column subject_id     uuid,
  add column subject_number text;
create index answers_subject on submission.answers (subject_id);
