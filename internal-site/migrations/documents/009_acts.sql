-- The file of a legal act, as it was signed or printed.
alter table documents.files
  drop constraint files_purpose_check,
  add constraint files_purpose_check check (purpose in ('template', 'sample', 'act', 'received', 'result', 'sealed_result', 'answer'));
