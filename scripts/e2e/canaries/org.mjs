// Rows of org that the filters of the whitelist keep inside, $1 in every text; and how they go again.
export const hidden = [
  `insert into org.centres (id, code, name, address, email) values (gen_random_uuid(), '9999', $1, $1, $1)`,
  `insert into org.authorities (id, code, name, address, email) values (gen_random_uuid(), $1, $1, $1, $1)`,
]

export const forget = [
  `delete from org.authorities where code = $1`,
  `delete from org.centres where name = $1`,
]
