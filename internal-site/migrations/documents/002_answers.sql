-- The answer of an authority to a request is a file of the case. It stays inside, like what the applicant handed in.
alter table documents.files
  drop constraint files_purpose_check,
  add constraint files_purpose_check check (purpose in ('template', 'received', 'result', 'sealed_result', 'answer'));
