// Every page of the staff site that a link leads to is looked at once, as somebody who may read it: whoever adds a route finds it here,
// checked or named among those that need more than a link. The routes are those of the site's own list.
import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { journey, portal } from './portal.mjs'

const inside = portal.internal_site
const golden = fileURLToPath(new URL('../../internal-site/internal/web/testdata/routes.golden', import.meta.url))

/** The addresses that are read, those without a variable part first, so that /users/new is not taken for somebody's page. */
const routes = readFileSync(golden, 'utf8').split('\n')
  .filter((line) => line.startsWith('GET '))
  .map((line) => line.split(' ')[1])
  .sort((a, b) => a.split(':').length - b.split(':').length)
const patterns = routes.map((route) => [route, new RegExp(`^${route.replace(/:[a-z]+/g, '[^/]+')}$`)])
const routeOf = (path) => patterns.find(([, pattern]) => pattern.test(path))?.[0]

// What is no page, or is reached by more than a link; journeys go through the latter.
const elsewhere = {
  'a file or a script': ['/acts/:id/editions/:edition/file', '/acts/:id/editions/:edition/text', '/cases/:id/files/:file', '/cases/:id/files/:file/bytes', '/cases/:id/files/:file/preview', '/cases/:id/proposal', '/checks/:id/files/:file', '/counter/:id/sent/:file', '/counter/counter.js', '/journals/:journal/print', '/journals/:journal/table', '/journals/counts/table', '/questions/:id/files/:file', '/reception/:id/live', '/reception/display.css', '/reception/hall.js', '/region/arms', '/requests/:id/files/:file', '/services/:id/forms/asked.js', '/services/:id/samples/:file', '/services/:id/templates/:file', '/statistics/cases/table', '/statistics/parties/stages/table', '/statistics/parties/table', '/statistics/parties/waiting/table', '/statistics/people/stages/table', '/statistics/people/table', '/statistics/people/waiting/table', '/statistics/print', '/statistics/refusals/cases/table', '/statistics/refusals/table', '/statistics/returns/cases/table', '/statistics/returns/table', '/statistics/table', '/work/:id/file'],
  'before somebody has signed in': ['/sign-in', '/sign-in/passkey', '/sign-in/provider', '/sign-in/provider/done', '/sign-in/provider/out', '/sign-in/second'],
  'needs what a journey does first': [
    '/account/factors/:id/remove', '/acts/:id/editions', '/acts/reviews', '/acts/reviews/:id/:edition', '/account/factors/recovery', '/calendar/days/:day', '/calendar/days/:day/remove', '/cases/views/:view',
    '/counter/:id', '/counter/:id/application', '/counter/:id/papers', '/counter/start', '/decisions/:id/:service/:outcome/versions', '/intake/:id', '/intake/:id/decide', '/intake/many',
    '/cases/:id/files/:file/sign', '/notices/:id', '/reception/:id/kiosk/:ticket', '/requests/:id', '/services/:id/forms/:card/discard', '/services/:id/forms/:card/edit', '/services/:id/forms/:card/pages/:page', '/services/:id/forms/:card/questions/:question', '/services/:id/forms/:card/questions/:question/remove', '/services/:id/samples/:file/withdraw', '/services/:id/tech-cards/:card/discard', '/services/:id/tech-cards/:card/edit',
    '/users/:id/factors', '/users/:id/factors/:factor', '/users/:id/provider', '/users/groups/:code/delete',
  ],
}

// Who reads, and where they begin beside the first page: the demo keeps a draft of one card.
const readers = {
  'admin1.orlopil': [], 'head.orlopil': [], 'head.architecture': [], 'head.ecology': ['/services?q=01-13/01'], 'manager.region': ['/acts?text=yes'], 'portal.admin': [],
}
const perRoute = 8 // addresses of one kind that a reader is led by: not every case has a file, not every service a draft

/** The links of a page that lead to pages of the site. */
async function linksOf(page, url) {
  const answer = await page.context().request.get(url, { maxRedirects: 0 })
  if (answer.status() !== 200 || !(answer.headers()['content-type'] ?? '').startsWith('text/html')) return []
  return [...(await answer.text()).matchAll(/href="(\/[^"#]*)/g)].map(([, href]) => href.replaceAll('&amp;', '&'))
}

/** Looks at every page that the reader is led to and nobody has looked at yet. */
async function lookAround(j, page, starts, seen) {
  const known = new Set([...starts, '/'])
  const led = {}
  for (const path of known) {
    const route = routeOf(path.split('?')[0])
    if (!route || /lang=|sign-out/.test(path)) continue
    led[route] = (led[route] ?? 0) + 1
    if (led[route] > perRoute) continue
    const links = await linksOf(page, inside + path)
    if (links.length === 0) continue
    if (!seen.has(route)) {
      seen.add(route)
      await j.glance(route, inside + path)
    }
    for (const link of links) known.add(link)
  }
}

journey('every page of the staff site', async (j) => {
  const seen = new Set()
  for (const [login, starts] of Object.entries(readers)) await lookAround(j, await j.as(login), starts, seen)
  const named = Object.values(elsewhere).flat()
  console.log(`${seen.size} of ${routes.length} addresses are pages that a link leads to`)
  assert.deepEqual(routes.filter((route) => !seen.has(route) && !named.includes(route)), [], 'no link leads to these')
  assert.deepEqual(named.filter((route) => !routes.includes(route)), [], 'these are no addresses of the site')
})
