// Real data: the official codifier and a production catalogue of about 1,400 rows are imported inside, replicate
// whole, and are found outside by the forms of their words. Importing again changes nothing.
import { strict as assert } from 'node:assert'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { caughtUp, withDatabases } from './nodes.mjs'
import { journey, portal } from './portal.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const data = join(root, '../shared/data')
const skip = existsSync(data) ? false : `the folder of real data is absent: ${data}`

const run = promisify(execFile)

async function importAll() {
  const reports = mkdtempSync(join(tmpdir(), 'portal-import-'))
  const importing = (what, ...args) => run(join(dirname(portal.syncer), 'internal-site'), ['import', what, ...args,
    '--report', join(reports, `${what}.csv`), '--config', join(dirname(portal.syncer_config), 'internal-site.yaml')])
  try {
    await importing('katottg', '--file', join(data, 'katottg/kodifikator-16-05-2025.csv'))
    await importing('services', '--file', join(data, 'igov/Service.csv'), '--mapping', join(root, 'deploy/import/igov.yaml'))
  } finally {
    rmSync(reports, { recursive: true })
  }
}

/** Every row of the table as both nodes have it, in one text each. */
const rows = (table, columns, where = 'true') => `
  select count(*)::int as n, coalesce(md5(string_agg(row, e'\\n' order by row collate "C")), '') as hash
  from (select (${columns.map((c) => `"${c}"`).join(', ')})::text as row from ${table} where ${where}) t`

const listed = [
  ['org.units', ['code', 'parent_code', 'level', 'category', 'name']],
  ['catalogue.categories', ['id', 'code', 'parent_id', 'name', 'name_en', 'position']],
  ['catalogue.life_situations', ['id', 'code', 'name', 'name_en', 'position']],
  ['catalogue.services', ['id', 'code', 'name', 'summary', 'keywords', 'category_id', 'authority_id', 'applicant_types', 'quick'], 'published'],
  ['catalogue.service_situations', ['service_id', 'situation_id', 'step', 'note'], 'service_published and situation_published'],
  ['catalogue.cards', ['id', 'service_id', 'number', 'effective_from', 'content'], 'published'],
  ['org.authorities', ['id', 'code', 'name', 'phones', 'schedule', 'people'], 'published'],
  ['law.acts', ['id', 'title', 'kind', 'number', 'url', 'adopted_on'], 'published'],
  ['law.editions', ['id', 'act_id', 'in_force_on', 'note', 'file_id'], 'published'],
  ['law.parts', ['edition_id', 'number', 'body', 'headings'], 'published'],
]

test('the real catalogue replicates whole, and importing again changes nothing', { skip, timeout: 1_200_000 }, async () => {
  await importAll()
  await withDatabases(async (inside, outside) => {
    await caughtUp(inside, outside)
    const first = {}
    for (const [table, columns, where] of listed) {
      const { rows: [here] } = await inside.query(rows(table, columns, where))
      const { rows: [there] } = await outside.query(rows(table, columns))
      assert.deepEqual(there, here, `${table} differs outside`)
      first[table] = here
    }
    const { rows: [real] } = await inside.query(`select count(*)::int n from org.units where code not like 'UA99%'`) // those are the demo's own
    assert.equal(real.n, 31_748)
    assert.ok(first['catalogue.services'].n > 1000, `${first['catalogue.services'].n} services`)

    await importAll()
    for (const [table, columns, where] of listed) {
      const { rows: [again] } = await inside.query(rows(table, columns, where))
      assert.deepEqual(again, first[table], `${table} changed when it was imported again`)
    }
  })
})

journey('real services are found by the forms of their words', async (j) => {
  for (const [query, expected] of [
    ['довідку про несудимість', /судимості/],
    ['довідки про відсутність судимостей', /судимості/],
    ['субсидій', /субсиді/i],
    ['закордонного паспорта', /паспорт/i],
    ["пам'яток архітектури", /пам.ят/i],
    ['землянї ділянки', /земельн/i],
  ]) {
    await j.page.goto(`${portal.external_site}/services?q=${encodeURIComponent(query)}`)
    const titles = await j.page.locator('main h3').allInnerTexts()
    assert.ok(titles.slice(0, 10).some((t) => expected.test(t)), `«${query}» finds: ${titles.slice(0, 10).join(' | ')}`)
  }
  await j.check('results')
  await j.open('an imported service', `${portal.external_site}/services?q=${encodeURIComponent('довідка про судимість')}`)
  await j.step('its page', (page) => page.locator('main h3 a').first().click())
}, { skip })
