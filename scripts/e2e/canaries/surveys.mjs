// Rows of surveys that the filters of the whitelist keep inside, $1 in every text; and how they go again.
export const hidden = [
  `insert into surveys.surveys (id, title, title_en, about, about_en, questions, first_day, state, published)
     select gen_random_uuid(), $1::text, $1, $1, $1, jsonb_build_array(jsonb_build_object('key', $1)), current_date, 'draft', false`,
  `insert into surveys.figures (id, survey_id, answered, tallies, day, published)
     select gen_random_uuid(), id, 5, jsonb_build_object($1::text, 1), current_date, false from surveys.surveys where title = $1`,
  `insert into surveys.answers (id, survey_id, service_id, centre_id, day)
     select gen_random_uuid(), u.id, s.id, c.id, current_date
     from surveys.surveys u, (select id from org.centres limit 1) c, (select id from catalogue.services limit 1) s where u.title = $1`,
  `insert into surveys.values (answer_id, question, value)
     select a.id, $1, $1 from surveys.answers a join surveys.surveys u on u.id = a.survey_id where u.title = $1`,
]

export const forget = [
  `delete from surveys.values where value = $1`,
  `delete from surveys.answers a using surveys.surveys u where u.id = a.survey_id and u.title = $1`,
  `delete from surveys.figures f using surveys.surveys u where u.id = f.survey_id and u.title = $1`,
  `delete from surveys.surveys where title = $1`,
]
