// Rows of preliminary checks that the filters of the whitelist keep inside, $1 in every text; and how they go again.
export const hidden = [
  `insert into checks.packages (id, number, message_id, receipt_number, centre_id, service_id, note, name, email, phone, language, sent_at,
                                due_on, recipient, tracked)
     select gen_random_uuid(), $1, gen_random_uuid(), $1, c.id, s.id, $1, $1, $1, $1, 'uk', now(), current_date, $1, false
     from (select id from org.centres limit 1) c, (select id from catalogue.services limit 1) s`,
  `insert into checks.papers (id, package_id, position, document, title, title_en, file_name, verdict, remark)
     select gen_random_uuid(), id, 1, $1, $1, $1, $1, 'mend', $1 from checks.packages where number = $1`,
  `insert into checks.answers (id, package_id, kind, text, author_id, author, sealed, published)
     select gen_random_uuid(), p.id, 'answer', $1, u.id, $1, convert_to($1, 'UTF8'), false
     from checks.packages p, (select id from access.users limit 1) u where p.number = $1`,
]

export const forget = [
  `delete from checks.answers where text = $1`,
  `delete from checks.papers where remark = $1`,
  `delete from checks.packages where number = $1`,
]
