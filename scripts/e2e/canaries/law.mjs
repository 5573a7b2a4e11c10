// Rows of law that the filters of the whitelist keep inside, $1 in every text; and how they go again.
export const hidden = [
  `insert into law.acts (id, title, number) values (gen_random_uuid(), $1, $1)`,
]

export const forget = [
  `delete from law.acts where title = $1`,
]
