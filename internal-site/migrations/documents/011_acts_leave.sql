-- Files of acts leave with the editions that they belong to (law/004).
alter table documents.files
  drop constraint files_check,
  add constraint files_check check (not published or (bucket = 'documents' and purpose in ('template', 'sample', 'sealed_result', 'dataset', 'act'))) not valid;
alter table documents.files validate constraint files_check;
