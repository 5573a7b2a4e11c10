// Rows of questions that the filters of the whitelist keep inside, $1 in every text; and how they go again.
export const hidden = [
  `insert into questions.threads (id, number, message_id, receipt_number, centre_id, topic, name, email, phone, language, asked_at, due_on,
                                  recipient, tracked)
     select gen_random_uuid(), $1, gen_random_uuid(), $1, id, $1, $1, $1, $1, 'uk', now(), current_date, $1, false
     from org.centres where name = $1`,
  `insert into questions.messages (id, thread_id, kind, text, author)
     select gen_random_uuid(), id, 'note', $1, $1 from questions.threads where number = $1`,
]

export const forget = [
  `delete from questions.messages where text = $1`,
  `delete from questions.threads where number = $1`,
]
