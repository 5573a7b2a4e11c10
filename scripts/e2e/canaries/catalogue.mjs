// Rows of catalogue that the filters of the whitelist keep inside, $1 in every text; and how they go again.
export const hidden = [
  `insert into catalogue.services (id, code, name, summary, keywords) values (gen_random_uuid(), $1, $1, $1, $1)`,
  `insert into catalogue.cards (id, service_id, number, effective_from, content, change_note)
     select gen_random_uuid(), id, 9999, current_date, jsonb_build_object('description', $1::text), $1 from catalogue.services where code = $1`,
  `insert into catalogue.tech_cards (id, service_id, number, effective_from, content)
     select gen_random_uuid(), id, 9999, current_date, jsonb_build_object('stages', $1::text) from catalogue.services where code = $1`,
  `insert into catalogue.forms (id, service_id, number, effective_from, schema)
     select gen_random_uuid(), id, 9999, current_date, jsonb_build_object('title', $1::text) from catalogue.services where code = $1`,
]

export const forget = [
  `delete from catalogue.forms where service_id in (select id from catalogue.services where code = $1)`,
  `delete from catalogue.tech_cards where service_id in (select id from catalogue.services where code = $1)`,
  `delete from catalogue.cards where service_id in (select id from catalogue.services where code = $1)`,
  `delete from catalogue.services where code = $1`,
]
