// Nothing outside the whitelist exists anywhere on the external node. A canary goes into every other column,
// into rows that the filters keep inside, and into objects that nobody published; then the replica, its log,
// the external store and all logs are searched. A control that may leave shows that the search finds.
import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { caughtUp, store, traces, withDatabases } from './nodes.mjs'

const folder = new URL('../../deploy/whitelist.d/', import.meta.url)
const tables = readdirSync(folder).flatMap((name) => parse(readFileSync(new URL(name, folder), 'utf8')).tables)

const canary = `canary${randomBytes(12).toString('hex')}`
const control = `control${randomBytes(12).toString('hex')}`

// How a canary is put into a value of each type and taken out again.
const carriers = {
  // With the row's place, as some texts must be unique.
  text: { put: (c) => `${c} || $1::text || ctid::text`, take: (c) => `regexp_replace(${c}, $1::text || '\\(\\d+,\\d+\\)', '')` },
  jsonb: {
    put: (c) => `case jsonb_typeof(${c}) when 'array' then ${c} || to_jsonb(array[$1::text]) else ${c} || jsonb_build_object($1::text, $1::text) end`,
    take: (c) => `${c} - $1::text`,
  },
  'text[]': { put: (c) => `array_append(${c}, $1::text)`, take: (c) => `array_remove(${c}, $1::text)` },
  bytea: { put: (c) => `${c} || convert_to($1::text, 'UTF8')`, take: (c) => `substr(${c}, 1, length(${c}) - length($1::text))` },
}

// Columns that take no canary because of a CHECK or a foreign key (an envelope must match its hash), so a value of
// ours cannot be in them.
const guarded = /\.(state|role|login|language|channel|outcome|kind|purpose|bucket|level|category|code|envelope|code_hash|token_hash|sha256|envelope_sha256|parent_code|unit_code|outcome|action|reason_code|media_type|scan|reach|place)$/

async function otherColumns(inside) {
  const listed = new Map(tables.map((t) => [t.table, new Set(t.columns)]))
  const { rows } = await inside.query(`
    select n.nspname || '.' || c.relname as table, a.attname as column, format_type(a.atttypid, null) as type
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'public', 'river') order by 1, a.attnum`)
  assert.equal([...listed.keys()].filter((t) => !rows.some((r) => r.table === t)).length, 0, 'the whitelist names tables that do not exist')
  return rows.filter((r) => r.type in carriers && !listed.get(r.table)?.has(r.column))
}

// Rows that a filter keeps inside, canary in every text.
const hidden = [
  `insert into org.centres (id, code, name, address, email) values (gen_random_uuid(), '9999', $1, $1, $1)`,
  `insert into org.authorities (id, code, name, address, email) values (gen_random_uuid(), $1, $1, $1, $1)`,
  `insert into law.acts (id, title, number) values (gen_random_uuid(), $1, $1)`,
  `insert into catalogue.services (id, code, name, summary, keywords) values (gen_random_uuid(), $1, $1, $1, $1)`,
  `insert into catalogue.cards (id, service_id, number, effective_from, content, change_note)
     select gen_random_uuid(), id, 9999, current_date, jsonb_build_object('description', $1::text), $1 from catalogue.services where code = $1`,
  `insert into catalogue.tech_cards (id, service_id, number, effective_from, content)
     select gen_random_uuid(), id, 9999, current_date, jsonb_build_object('stages', $1::text) from catalogue.services where code = $1`,
  `insert into catalogue.forms (id, service_id, number, effective_from, schema)
     select gen_random_uuid(), id, 9999, current_date, jsonb_build_object('title', $1::text) from catalogue.services where code = $1`,
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
  `insert into documents.files (id, purpose, title, file_name, media_type, size, sha256, object_key, case_id, notes)
     select gen_random_uuid(), 'result', $1, $1, 'text/plain', 1, repeat('0', 64), 'results/' || $1::text, id, $1 from cases.cases where number = $1`,
  `insert into questions.threads (id, number, message_id, receipt_number, centre_id, topic, name, email, phone, language, asked_at, due_on,
                                  recipient, tracked)
     select gen_random_uuid(), $1, gen_random_uuid(), $1, id, $1, $1, $1, $1, 'uk', now(), current_date, $1, false
     from org.centres where name = $1`,
  `insert into questions.messages (id, thread_id, kind, text, author)
     select gen_random_uuid(), id, 'note', $1, $1 from questions.threads where number = $1`,
  `select audit.record(null, $1, $1, $1, $1, null, null, $1, jsonb_build_object('k', $1::text))`,
]

// In the order in which foreign keys let go.
const forget = [
  `delete from documents.files where title = $1`,
  `delete from questions.messages where text = $1`,
  `delete from questions.threads where number = $1`,
  `delete from cases.events where text = $1`,
  `delete from cases.stages where name = $1`,
  `delete from cases.cases where number = $1`,
  `delete from cases.applicants where surname = $1`,
  `delete from catalogue.forms where service_id in (select id from catalogue.services where code = $1)`,
  `delete from catalogue.tech_cards where service_id in (select id from catalogue.services where code = $1)`,
  `delete from catalogue.cards where service_id in (select id from catalogue.services where code = $1)`,
  `delete from catalogue.services where code = $1`,
  `delete from law.acts where title = $1`,
  `delete from org.authorities where code = $1`,
  `delete from org.centres where name = $1`,
]

// Changes every value of the column that takes it; says whether the column did.
async function change(inside, { table, column, type }, how) {
  await inside.query('begin')
  try {
    await inside.query('set local session_replication_role = replica') // keep_version and the like are not what is tested
    await inside.query(`update ${table} set "${column}" = ${carriers[type][how](`"${column}"`)} where "${column}" is not null`, [canary])
    await inside.query('commit')
    return true
  } catch (error) {
    await inside.query('rollback')
    if (/^23/.test(error.code)) return false // a CHECK or a key refuses it
    throw new Error(`${table}.${column}: ${error.message}`)
  }
}

test('nothing outside the whitelist is anywhere on the external node', { timeout: 1_200_000 }, async () => {
  await withDatabases(async (inside, outside) => {
    const columns = await otherColumns(inside)
    const taken = [], unexplained = []
    try {
      for (const sql of hidden) await inside.query(sql, sql.startsWith('insert') || sql.startsWith('select') ? [canary] : [])
      for (const column of columns) {
        if (await change(inside, column, 'put')) taken.push(column)
        else if (!guarded.test(`${column.table}.${column.column}`)) unexplained.push(`${column.table}.${column.column}`)
      }
      assert.deepEqual(unexplained, [], 'these columns took no canary, and no rule explains why')
      assert.ok(taken.length > 60, `only ${taken.length} columns carry a canary`)
      for (const bucket of ['documents', 'quarantine']) {
        const answer = await store('internal_s3', 'PUT', `${bucket}/results/${canary}`, canary)
        assert.ok(answer.ok, `put a canary object into ${bucket}: ${answer.status}`)
      }
      await inside.query(`update catalogue.services set keywords = keywords || ' ' || $1::text where published`, [control])
      await caughtUp(inside, outside)

      const seen = await traces(control, outside)
      assert.ok(seen.includes('dump') && seen.includes('wal'), `the search must find what may leave; it found it in: ${seen.join(', ')}`)
      assert.deepEqual(await traces(canary, outside), [], 'the canary left')
    } finally {
      await inside.query(`update catalogue.services set keywords = replace(keywords, ' ' || $1::text, '')`, [control])
      for (const column of taken) await change(inside, column, 'take')
      for (const sql of forget) await inside.query(sql, [canary])
      for (const bucket of ['documents', 'quarantine']) await store('internal_s3', 'DELETE', `${bucket}/results/${canary}`)
    }
  })
})
