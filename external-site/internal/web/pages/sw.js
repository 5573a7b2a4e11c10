// Keeps the cards that were read, so that they open without a line. Nothing that is about one person is kept: only pages
// that the site marks as everybody's, what they are drawn with, and a page that says that there is no line.
const { personal, offline } = self.settings
const cards = 'portal-cards'
const drawing = 'portal-drawing'
const maxCards = 40
const maxDrawing = 60
const card = /^\/(en\/)?services\/[^/]+$/

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))

// A page that was loaded before this worker began asks to be kept.
self.addEventListener('message', event => {
  const url = new URL(event.source.url)
  if (event.data === 'keep' && isCard(url)) event.waitUntil(Promise.all([fetchCard(url.pathname), fetchOffline(url.pathname)]))
})

self.addEventListener('fetch', event => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (url.pathname.startsWith('/assets/')) return event.respondWith(drawn(request))
  if (request.mode !== 'navigate' || personal.some(path => url.pathname.startsWith(path))) return
  event.respondWith(page(event, request, url))
})

const isCard = url => card.test(url.pathname) && url.search === ''

async function page (event, request, url) {
  try {
    const answer = await fetch(request)
    if (isCard(url)) event.waitUntil(keep(url.pathname, answer.clone()))
    return answer
  } catch (error) {
    const kept = isCard(url) ? await (await caches.open(cards)).match(url.pathname) : undefined
    if (kept) return dated(kept)
    const without = await caches.match(offlineFor(url.pathname))
    if (without) return without
    throw error
  }
}

const offlineFor = path => path === '/en' || path.startsWith('/en/') ? '/en' + offline : offline

async function fetchCard (path) { await keep(path, await fetch(path)) }

async function fetchOffline (path) {
  const at = offlineFor(path)
  const answer = await fetch(at)
  if (answer.ok) await (await caches.open(drawing)).put(at, answer)
}

// keep keeps a card with the moment at which it came, and what it is drawn with. A card that is gone is forgotten.
async function keep (path, answer) {
  const store = await caches.open(cards)
  if (answer.status === 404 || answer.status === 410) return store.delete(path)
  if (!answer.ok || answer.redirected || answer.headers.get('Portal-Keep') !== 'card') return
  const text = await answer.text()
  const headers = new Headers(answer.headers)
  headers.set('Portal-Kept-At', new Date().toISOString())
  await store.delete(path) // so that it is the newest of all
  await store.put(path, new Response(text, { headers }))
  await prune(store, maxCards)
  await Promise.all([...text.matchAll(/"(\/assets\/[^"]+\.(?:css|js|woff2|svg))"/g)].map(found => draw(found[1])))
}

async function draw (path) {
  const answer = await drawn(new Request(path))
  if (!path.endsWith('.css')) return
  const fonts = (await answer.text()).matchAll(/url\(["']?(font-[a-z]+\.woff2)/g)
  await Promise.all([...fonts].map(found => drawn(new Request(new URL(found[1], new URL(path, self.location))))))
}

// drawn answers from what is kept: the address of an asset names its version.
async function drawn (request) {
  const store = await caches.open(drawing)
  const kept = await store.match(request.url)
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok) {
    await store.put(request.url, answer.clone())
    await prune(store, maxDrawing)
  }
  return answer
}

async function prune (store, most) {
  const all = await store.keys()
  await Promise.all(all.slice(0, Math.max(0, all.length - most)).map(request => store.delete(request)))
}

// dated says in the card of when it is, in place of the line that says how fresh the site's data are.
async function dated (kept) {
  const text = await kept.text()
  const lang = /<html lang="en"/.test(text) ? 'en' : 'uk'
  const when = new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : 'uk', { dateStyle: 'long', timeStyle: 'short', timeZone: 'Europe/Kyiv' })
    .format(new Date(kept.headers.get('Portal-Kept-At')))
  const said = (/data-portal-offline="([^"]*)"/.exec(text)?.[1] ?? '{0}').replace('{0}', when)
  const page = text
    .replace(/<p class="portal-freshness__text">[^]*?<\/p>/g, () => `<p class="portal-freshness__text">${said}</p>`)
    .replace(/<(span|p) class="[^"]*portal-open[^"]*">[^<]*<\/\1>/g, ' ') // nobody knows whether it is open now
    .replace(/<main[^>]*>/, main => `${main}<div class="govuk-inset-text portal-kept" role="status">${said}</div>`)
  return new Response(page, { headers: kept.headers })
}
