-- The page of open data looks for the newest edition among all files that have left.
create index files_datasets on documents.files (uploaded_at) where purpose = 'dataset';
