// Rows of cases that the filters of the whitelist keep inside, $1 in every text; and how they go again.
export const hidden = [
  `insert into cases.applicants (id, kind, surname, given_name, address, phone, email, tax_number, passport, unzr, edrpou, entity, patronymic)
     values (gen_random_uuid(), 'person', $1, $1, $1, $1, $1, $1, $1, $1, $1, $1, $1)`,
  `insert into cases.cases (id, number, centre_id, authority_id, service_id, card_id, applicant_id, channel, receipt_number, decision_note,
                            internal_notes, answers, filed_at, due_on)
     select gen_random_uuid(), $1, c.centre_id, c.authority_id, c.service_id, c.card_id, a.id, 'counter', $1, $1, $1,
            jsonb_build_object('field', $1::text), now(), current_date
     from (select * from cases.cases limit 1) c, cases.applicants a where a.surname = $1`,
  `insert into cases.stages (id, case_id, position, name, action, official, note)
     select gen_random_uuid(), id, 1, $1, 'executes', $1, $1 from cases.cases where number = $1`,
  `insert into cases.events (id, case_id, kind, text, text_en, actor) select gen_random_uuid(), id, 'note', $1, $1, $1 from cases.cases where number = $1`,
  `insert into cases.corrections (id, case_id, ground, documents, fields, form, asked_at)
     select gen_random_uuid(), id, $1, array[$1], array[$1], jsonb_build_object('title', $1::text), now() from cases.cases where number = $1`,
]

// A case is entered where it is searched for, and the portal goes on meanwhile: it reckons whose turn it is and rings for its term.
const ofTheCase = (table) => `delete from ${table} where case_id in (select id from cases.cases where number = $1)`

export const forget = [
  ...['journals.entries', 'cases.said', 'notices.outbox', 'cases.turns', 'cases.corrections', 'cases.events', 'cases.stages'].map(ofTheCase),
  `delete from cases.cases where number = $1`,
  `delete from cases.applicants where surname = $1`,
]
