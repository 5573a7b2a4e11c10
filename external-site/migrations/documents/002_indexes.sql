-- Documents are checked by the number on their paper, and by the hash of their file.
create index issued_number on documents.issued (number);
create index issued_sha256 on documents.issued (sha256);
