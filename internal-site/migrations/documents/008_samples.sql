-- A filled sample of a form leaves like a blank one.
alter table documents.files
  drop constraint files_purpose_check,
  add constraint files_purpose_check check (purpose in ('template', 'sample', 'received', 'result', 'sealed_result', 'answer')),
  drop constraint files_check,
  add constraint files_check check (not published or (bucket = 'documents' and purpose in ('template', 'sample', 'sealed_result')));
