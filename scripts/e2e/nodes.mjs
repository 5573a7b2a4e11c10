// Both nodes from behind: their databases as superuser, their object stores, and every byte that the external
// node keeps. Only tests of what may leave use it.
import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AwsClient } from 'aws4fetch'
import pg from 'pg'
import { portal } from './portal.mjs'

/** Opens both databases for the length of fn. */
export async function withDatabases(fn) {
  const inside = new pg.Client({ connectionString: portal.internal_dsn })
  const outside = new pg.Client({ connectionString: portal.external_dsn })
  try {
    await inside.connect()
    await outside.connect()
    return await fn(inside, outside)
  } finally {
    await inside.end()
    await outside.end()
  }
}

/** Waits until everything committed inside so far is applied outside. */
export async function caughtUp(inside, outside) {
  const { rows: [{ lsn }] } = await inside.query('select pg_current_wal_lsn()::text as lsn')
  const deadline = Date.now() + 600_000 // only ends what hangs
  for (;;) {
    const { rows: [{ done }] } = await outside.query('select coalesce(bool_and(applied_lsn >= $1::pg_lsn), false) as done from sync.progress', [lsn])
    if (done) return
    assert.ok(Date.now() < deadline, `the replica did not reach ${lsn}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** One request to a node's object store ('internal_s3' or 'external_s3'). */
export async function store(node, method, path, body) {
  const { endpoint, access_key: accessKeyId, secret_key: secretAccessKey } = portal[node]
  const origin = /^https?:/.test(endpoint) ? endpoint : `http://${endpoint}`
  const client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region: 'us-east-1', retries: 0 })
  return client.fetch(`${origin}/${path}`, { method, body })
}

/**
 * Every place on the external node that holds the token, as text or as hexadecimal digits: a dump of its
 * database, all files of its cluster (tables and log), its object store, and the logs of all processes.
 */
export async function traces(token, outside) {
  await outside.query('checkpoint')
  const { rows: [{ data_directory: cluster }] } = await outside.query('show data_directory')
  const found = new Set()
  const look = (place, bytes) => {
    if (bytes?.includes(token) || bytes?.includes(Buffer.from(token).toString('hex'))) found.add(place)
  }
  look('dump', execFileSync('pg_dump', ['--no-password', '--dbname', portal.external_dsn], { maxBuffer: 2 ** 30 }))
  for (const file of files(cluster)) look(file.startsWith(join(cluster, 'pg_wal')) ? 'wal' : 'cluster', whatIsThere(() => readFileSync(file)))
  for (const file of files(externalObjects(cluster))) {
    look('objects', Buffer.from(file)) // keys are file names
    look('objects', whatIsThere(() => readFileSync(file)))
  }
  for (const { name, log } of portal.processes) look(`log of ${name}`, readFileSync(log))
  return [...found].sort()
}

// The demo keeps the external store's folder beside the external cluster's.
function externalObjects(cluster) {
  for (let folder = dirname(cluster); folder !== dirname(folder); folder = dirname(folder)) {
    const name = readdirSync(folder).find((entry) => /^objects-external/.test(entry))
    if (name) return join(folder, name)
  }
  assert.fail(`no folder of the external object store beside ${cluster}`)
}

function* files(folder) {
  for (const name of whatIsThere(() => readdirSync(folder)) ?? []) {
    const path = join(folder, name)
    const stat = whatIsThere(() => statSync(path))
    if (stat?.isDirectory()) yield* files(path)
    else if (stat?.isFile()) yield path
  }
}

// What read returns, or undefined where nothing is any more: servers remove files while we walk.
function whatIsThere(read) {
  try {
    return read()
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    return undefined
  }
}
