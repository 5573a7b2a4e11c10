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

// Columns whose other rules refuse a canary, so that no value of ours can be in them: a pattern, another column of the row
// (an envelope must match its hash).
const guarded = /\.(code|envelope|envelope_sha256|kind|login|module|origin|sha256|state)$/

// A CHECK that leaves a column no words of ours: it lists all values, or the only one, or says how many bytes or letters there are.
const closed = /= ANY \(ARRAY\[|\((char_)?length\("?\w+"?\) = \d+\)|^CHECK \(\(\w+ = '[^']*'::text\)\)/

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

// Rows that the filters keep inside, canary in every text: a file of canaries/ for each domain.
const canaries = new URL('canaries/', import.meta.url)
const domains = await Promise.all(readdirSync(canaries).map((name) => import(new URL(name, canaries))))
const hidden = domains.flatMap((d) => d.hidden)
const forget = domains.flatMap((d) => d.forget)

// Runs the statements again and again, whatever order they need, until each has had its effect.
async function runAll(inside, statements, had) {
  let left = statements
  while (left.length > 0) {
    const waiting = []
    for (const sql of left) if (!(await had(inside, sql))) waiting.push(sql)
    assert.ok(waiting.length < left.length, `these statements have no effect:\n${waiting.join('\n')}`)
    left = waiting
  }
}

// A row that is made of another's waits until that one is there.
const hides = async (inside, sql) => (await inside.query(sql, [canary])).rowCount > 0

// A row that another refers to waits until that one has gone.
async function forgets(inside, sql) {
  try {
    await inside.query(sql, [canary])
    return true
  } catch (error) {
    if (error.code === '23503') return false
    throw error
  }
}

// Changes every value of the column that takes it; says whether the column did, and whether it could. Where lists of one column are empty
// by what another says, those that are not carry the canary.
async function change(inside, column, how) {
  const all = await changeWhere(inside, column, how, 'is not null')
  if (all.done || column.type !== 'text[]') return all
  const some = await changeWhere(inside, column, how, `<> '{}'`)
  return some.done ? some : all
}

async function changeWhere(inside, { table, column, type }, how, which) {
  await inside.query('begin')
  try {
    await inside.query('set local session_replication_role = replica') // keep_version and the like are not what is tested
    const { rowCount } = await inside.query(`update ${table} set "${column}" = ${carriers[type][how](`"${column}"`)} where "${column}" ${which}`, [canary])
    await inside.query('commit')
    return { done: which === 'is not null' || rowCount > 0 }
  } catch (error) {
    await inside.query('rollback')
    if (/^23/.test(error.code)) return { done: false, closed: await isClosed(inside, table, column, error.constraint) }
    throw new Error(`${table}.${column}: ${error.message}`)
  }
}

// The rule that refused, or one for this column alone: where both are broken, PostgreSQL names the first by its name.
async function isClosed(inside, table, column, constraint) {
  const { rows } = await inside.query(`select pg_get_constraintdef(oid) as rule from pg_constraint
    where conrelid = $1::regclass and contype = 'c'
      and (conname = $2 or conkey = array(select attnum from pg_attribute where attrelid = $1::regclass and attname = $3))`, [table, constraint, column])
  return rows.some(({ rule }) => closed.test(rule))
}

test('nothing outside the whitelist is anywhere on the external node', { timeout: 1_200_000 }, async () => {
  await withDatabases(async (inside, outside) => {
    const columns = await otherColumns(inside)
    const taken = [], unexplained = []
    try {
      await runAll(inside, hidden, hides)
      for (const column of columns) {
        const tried = await change(inside, column, 'put')
        if (tried.done) taken.push(column)
        else if (!tried.closed && !guarded.test(`${column.table}.${column.column}`)) unexplained.push(`${column.table}.${column.column}`)
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
      await runAll(inside, forget, forgets)
      for (const bucket of ['documents', 'quarantine']) await store('internal_s3', 'DELETE', `${bucket}/results/${canary}`)
    }
  })
})
