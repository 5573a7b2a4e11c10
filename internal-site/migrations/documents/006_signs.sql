-- after: cases/005
-- An official's electronic signature of a result is a file of its own, withdrawn together with what it signs.
alter table documents.files add column signs_id uuid references documents.files;
create index files_signs on documents.files (signs_id) where signs_id is not null;

insert into cases.event_kinds values ('result_signed');
