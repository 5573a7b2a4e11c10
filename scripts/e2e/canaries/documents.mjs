// Rows of documents that the filters of the whitelist keep inside, $1 in every text; and how they go again.
export const hidden = [
  `insert into documents.files (id, purpose, title, file_name, media_type, size, sha256, object_key, case_id, notes)
     select gen_random_uuid(), 'result', $1, $1, 'text/plain', 1, repeat('0', 64), 'results/' || $1::text, id, $1 from cases.cases where number = $1`,
]

export const forget = [
  `delete from documents.files where title = $1`,
]
