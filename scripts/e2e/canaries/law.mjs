// Rows of law that the filters of the whitelist keep inside, $1 in every text; and how they go again.
export const hidden = [
  `insert into law.acts (id, title, number) values (gen_random_uuid(), $1, $1)`,
  `insert into law.editions (id, act_id, in_force_on, note, body) select gen_random_uuid(), id, current_date, $1, $1 from law.acts where title = $1`,
  `insert into law.parts (edition_id, number, body, headings) select id, 2, $1, jsonb_build_array($1::text) from law.editions where note = $1`,
]

export const forget = [
  `delete from law.parts where edition_id in (select id from law.editions where note = $1)`,
  `delete from law.editions where note = $1`,
  `delete from law.acts where title = $1`,
]
