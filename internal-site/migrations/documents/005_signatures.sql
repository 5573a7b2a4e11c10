-- What was found when a signed file was verified: who signed, when, whether it holds and why not, and the certificates and lists that the
-- answer rests on. Rows are only added, so that what staff were shown on a day can be shown again.
create table documents.signatures (
  id         bigint generated always as identity primary key,
  file_id    uuid not null references documents.files,
  content_id uuid references documents.files,        -- the file that a detached signature is of
  verdict    text not null check (verdict in ('holds', 'refused', 'open')),
  result     jsonb not null,                         -- signature.Result
  trust      text not null,                          -- hash of what the installation trusted and knew then
  judged_at  timestamptz not null default now()
);
create index signatures_file on documents.signatures (file_id, id desc);
create index files_signed on documents.files (uploaded_at)
  where case_id is not null and purpose <> 'sealed_result' and media_type in ('application/pkcs7-signature', 'application/vnd.etsi.asic-e+zip');

grant select, insert on documents.signatures to internal_site;
