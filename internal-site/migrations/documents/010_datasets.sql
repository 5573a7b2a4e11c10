-- Files of open data leave like forms. The site makes them anew each night, so the old ones can go.
alter table documents.files
  drop constraint files_purpose_check,
  add constraint files_purpose_check check (purpose in ('template', 'sample', 'act', 'received', 'result', 'sealed_result', 'answer', 'dataset')) not valid,
  drop constraint files_check,
  add constraint files_check check (not published or (bucket = 'documents' and purpose in ('template', 'sample', 'sealed_result', 'dataset'))) not valid;
alter table documents.files validate constraint files_purpose_check, validate constraint files_check;
create index files_datasets on documents.files (uploaded_at) where purpose = 'dataset';

-- Nothing but data sets that are not published any more; see documents.drop_templates.
create function documents.drop_datasets() returns setof uuid
language sql security definer set search_path = pg_catalog, pg_temp as $$
  delete from documents.files f where f.purpose = 'dataset' and not f.published returning f.id
$$;

revoke all on function documents.drop_datasets from public;
grant execute on function documents.drop_datasets to internal_site;
