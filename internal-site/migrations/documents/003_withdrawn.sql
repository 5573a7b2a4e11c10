-- after: cases/013
-- A result that was withdrawn stays inside with the reason, and leaves no more. The sealed file knows its original.
alter table documents.files
  add column original_id   uuid references documents.files,
  add column withdrawn_at  timestamptz,
  add column withdrawn_by  uuid references access.users,
  add column withdrawn_why text not null default '',
  add constraint files_withdrawn check (withdrawn_at is null or not published);
-- Both rows of a result were written in one transaction.
update documents.files s set original_id = o.id from documents.files o
  where s.purpose = 'sealed_result' and o.purpose = 'result' and o.case_id = s.case_id and o.uploaded_at = s.uploaded_at and o.media_type = s.media_type;
