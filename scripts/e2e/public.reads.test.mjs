// Every public room, as a citizen walks through them: each page is readable, has a title of its own, says how fresh
// its data is, and leads nowhere that does not exist. Then a shorter walk in English, and one without scripts.
import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { dirname, join, resolve } from 'node:path'
import { journey, portal } from './portal.mjs'

const site = portal.external_site
const quick = '/services/01-04~01' // can be applied for online
const ordinary = '/services/01-08~02'

/** Opens pages and remembers what no single page can tell: whether titles repeat, and where all links lead. */
class Walk {
  titles = new Map()
  links = new Map()

  constructor(j) {
    this.j = j
  }

  async open(name, path, options) {
    await this.j.open(name, site + path, options)
    await this.look(path)
    return this.j.page
  }

  async step(name, action, options) {
    await this.j.step(name, action, options)
    await this.look(name)
    return this.j.page
  }

  async look(where) {
    const { page } = this.j
    assert.equal(await page.locator('.portal-freshness__text').count(), 1, `${where} does not say how fresh its data is`)
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, `${where} has not exactly one main heading`)
    const title = await page.title()
    assert.ok(!this.titles.has(title), `${where} and ${this.titles.get(title)} share the title «${title}»`)
    this.titles.set(title, where)
    const { paths, dangling } = await links(page)
    assert.deepEqual(dangling, [], `${where} links to places that it does not have`)
    for (const path of paths) if (!this.links.has(path)) this.links.set(path, where)
  }

  /** Asks for everything that the pages linked to. */
  async follow() {
    assert.ok(this.links.size > 50, `only ${this.links.size} links were found`)
    for (const [path, where] of this.links) {
      const response = await this.j.page.request.get(site + path)
      assert.ok(response.status() < 400, `${where} links to ${path}, which answers ${response.status()}`)
      await response.dispose()
    }
  }
}

/** Where the page leads on this site besides itself, and those of its #links whose target is not there. */
function links(page) {
  return page.evaluate(() => {
    const paths = new Set()
    const dangling = []
    for (const a of document.querySelectorAll('a[href]')) {
      const url = new URL(a.href)
      if (url.origin !== location.origin) continue
      if (a.getAttribute('href').startsWith('#')) {
        if (!document.getElementById(decodeURIComponent(url.hash.slice(1)))) dangling.push(a.getAttribute('href'))
      } else if (url.pathname !== location.pathname) {
        paths.add(url.pathname + url.search)
      }
    }
    return { paths: [...paths], dangling }
  })
}

/** Texts of the page in Cyrillic letters that a screen reader would read out as English. */
function unmarked(page) {
  return page.evaluate(() => {
    const found = []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const { textContent, parentElement } = texts.currentNode
      if (/\p{Script=Cyrillic}/u.test(textContent) && parentElement.closest('[lang]').lang !== 'uk' && !parentElement.closest('script, style')) {
        found.push(textContent.trim())
      }
    }
    return found
  })
}

const main = (j) => j.page.locator('main').innerText()

journey('every public room', async (j) => {
  const walk = new Walk(j)
  await walk.open('home', '/')
  await walk.step('search', async (page) => {
    await page.locator('#q').fill('довідку виборців')
    await page.getByRole('button', { name: 'Знайти' }).click()
  })
  assert.match(await main(j), /Видача довідки виборцю/, 'other forms of the words are found')
  await walk.open('a typo', '/services?q=субсідія')
  assert.match(await main(j), /Можливо, ви шукали «субсиді/)
  await walk.open('nothing found', '/services?q=щщщщ')
  assert.match(await main(j), /Нічого не знайдено/)
  await walk.open('all services', '/services')
  await walk.step('narrowed', async (page) => {
    await page.getByRole('radio', { name: /^ФОП/ }).check()
    await page.getByRole('checkbox', { name: /^Можна подати онлайн/ }).check()
    await page.getByRole('button', { name: 'Показати' }).click()
  })
  await walk.open('the next page', '/services?page=2')
  await walk.open('a category', '/categories/social')
  await walk.open('a life situation', '/life-situations/birth')
  await walk.step('one visit for several services', async (page) => {
    await page.getByRole('checkbox', { name: /Призначення допомоги при народженні/ }).check()
    await page.getByRole('button', { name: 'Показати документи' }).click()
  })
  assert.match(await main(j), /Документ, що посвідчує особу[\s\S]*показати, досить одного/)
  await walk.open('given by others', '/services?q=закордонний паспорт')
  assert.match(await main(j), /Цієї послуги в порталі немає\. Її надає: Державна міграційна служба/)
  await walk.open('an act by its number', '/services?q=закон 2811')
  assert.match(await main(j), /Про державну допомогу сім’ям з дітьми/)
  await walk.step('the act itself', (page) => page.getByRole('link', { name: 'Про державну допомогу сім’ям з дітьми' }).click())
  assert.match(await main(j), /2811-XII[\s\S]*Послуги, що спираються на цей акт/)
  await walk.open('all acts', '/acts')
  await walk.open('acts of the town', '/acts?level=local')
  await walk.step('a decision with its text', (page) => page.getByRole('link', { name: /регламент/i }).first().click())
  assert.match(await main(j), /Орлопільська міська рада[\s\S]*Текст[\s\S]*Попередні редакції/)
  await walk.step('what it was before', (page) => page.getByRole('link', { name: /^Редакція з/ }).last().click())
  assert.match(await main(j), /Це попередня редакція/)
  await walk.open('no service but a page', '/services?q=години роботи цнап')
  assert.match(await main(j), /Години роботи центрів/)
  await walk.open('whether a service fits', '/fits/01-01~01')
  await walk.step('the first answer', async (page) => {
    await page.getByRole('radio', { name: 'Так' }).check()
    await page.getByRole('button', { name: 'Далі' }).click()
  })
  await walk.open('it does not fit', '/fits/01-01~01?a=n')
  await walk.open('a service to apply for', quick)
  await walk.open('a service for the counter', ordinary)
  assert.equal(await j.page.getByRole('button', { name: 'Подати заяву онлайн' }).count(), 0)
  await walk.open('centres', '/centres')
  await walk.open('choice of a community', '/community')
  await walk.open('a settlement that was typed', '/community?q=зарічне')
  await walk.open('a centre', '/centres/01')
  await walk.open('what can be booked', '/book')
  await walk.open('how many people wait', '/halls')
  await walk.open('authorities', '/authorities')
  await walk.open('an authority', '/authorities/architecture')
  await walk.open('complaints', '/complaints')
  await walk.open('state of the portal', '/status')
  await walk.open('your data', '/privacy')
  await walk.open('accessibility', '/accessibility')
  await walk.open('check a signature', '/verify')
  await walk.open('check a document', '/issued')
  await j.open('a document that nobody issued', `${site}/issued/D-0000-0000-0000-0098`, { status: 404 }) // in English nobody issued it either
  await walk.open('not found', '/no-such-page', { status: 404 })
  await walk.open('before applying', quick.replace('services', 'apply'))
  await walk.open('state of an application', '/track')
  await walk.follow()
})

journey('the public rooms in English', async (j) => {
  const walk = new Walk(j)
  const rooms = {
    home: '/en', search: '/en/services?q=voter', service: `/en${quick}`, centre: '/en/centres/01', authority: '/en/authorities/architecture', status: '/status?lang=en', track: '/en/track',
  }
  for (const [name, path] of Object.entries(rooms)) {
    const page = await walk.open(name, path)
    assert.equal(await page.getAttribute('html', 'lang'), 'en')
    assert.deepEqual(await unmarked(page), [], `${path} has Ukrainian words that are not marked`)
    if (path !== '/en/authorities/architecture') continue
    assert.deepEqual(await page.context().cookies(), [], 'pages with an address in English remember nothing')
    await walk.step('a search in English', async (page) => {
      await page.goto(`${site}/en`)
      await page.locator('input[type=search]').fill('permit')
      await page.getByRole('button', { name: 'Search', exact: true }).click()
      await page.waitForURL(/\/en\/services\?q=permit/)
    })
  }
  await j.step('the language stays', (page) => page.getByRole('link', { name: 'Services', exact: true }).first().click())
  assert.equal(await j.page.getAttribute('html', 'lang'), 'en')
  await j.step('back to Ukrainian', (page) => page.getByRole('link', { name: 'Українська' }).click())
  assert.equal(await j.page.getAttribute('html', 'lang'), 'uk')
})

/** The names of the centres in the list of the page, in their order. */
const centresOf = (page) => page.locator('[data-portal-places] > * .portal-result__title a, [data-portal-places] > details > summary .govuk-details__summary-text').allInnerTexts()

const first = 'ЦНАП міста Орлополя'
const second = 'ЦНАП міста Кам’яностава'
const third = 'ЦНАП Тихолузької сільської громади'

journey('centres near the reader', async (j) => {
  const context = j.page.context()
  await context.grantPermissions(['geolocation'], { origin: new URL(site).origin })
  await context.setGeolocation({ latitude: 49.2, longitude: 27.1 })
  const asked = []
  j.page.on('request', (request) => asked.push(request.url() + (request.postData() ?? '')))
  await j.open('centres', `${site}/centres`)
  assert.deepEqual(await centresOf(j.page), [first, second, third])
  assert.equal(await j.page.locator('[data-portal-map], script[src*="map.js"], .leaflet-container').count(), 0, 'no tiles, no map')
  await j.step('near me', async (page) => {
    await page.getByRole('button', { name: 'Поруч зі мною' }).click()
    await page.getByRole('status').filter({ hasText: 'Найближчі до вас' }).waitFor()
  }, { stays: true })
  assert.deepEqual(await centresOf(j.page), [second, third, first])
  assert.match(await j.page.locator('[data-portal-places] > *').first().innerText(), /3,4\s*км/)
  assert.deepEqual(asked.filter((request) => /49\.2|27\.1/.test(request)), [], 'where the reader is leaves the browser with no request')

  await j.step('a community', (page) => page.getByRole('link', { name: 'Виберіть свою громаду' }).click())
  await j.step('typed with a suggestion', async (page) => {
    await page.getByRole('combobox').pressSequentially('гонч')
    const option = page.getByRole('option', { name: 'с. Гончарівка Кам’яноставська громада, Кам’яноставський район' })
    await option.waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=/)
  })
  await j.step('chosen', (page) => page.getByRole('button', { name: 'с. Гончарівка' }).click())
  assert.deepEqual(await centresOf(j.page), [second, third, first])
  await j.open('a card', site + quick)
  assert.deepEqual(await centresOf(j.page), [second, third, first])
  assert.match(await j.page.locator('.portal-aside').innerText(), new RegExp(second), 'in short: the centre of the community')
  const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`)
  assert.deepEqual(cookies, ['community=UA99020010000000011'])
})

journey('a community without scripts, in English', async (j) => {
  await j.open('a card', `${site}/en${quick}`)
  await j.step('communities', (page) => page.getByRole('link', { name: 'Choose your community' }).click())
  await j.step('found', async (page) => {
    await page.getByLabel('Community or settlement').fill('tykhi')
    await page.getByRole('button', { name: 'Search', exact: true }).click()
  })
  await j.step('chosen', (page) => page.getByRole('button', { name: 'Tykhi Luhy' }).click())
  assert.equal(new URL(j.page.url()).pathname, `/en${quick}`)
  assert.match((await centresOf(j.page))[0], /^Tykholuhy/)
  assert.match(await main(j), /Your community: Tykholuzka community/)
}, { javaScript: false, language: 'en' })

/** Runs another public site beside the demo's, with more configuration, until fn is done. */
async function withSite(more, fn, port) {
  port ??= await freePort()
  const address = `http://127.0.0.1:${port}`
  const root = join(import.meta.dirname, '../..')
  const program = spawn(resolve(root, dirname(portal.syncer), 'external-site'), ['serve', '--config', resolve(root, dirname(portal.syncer_config), 'external-site.yaml')], {
    cwd: root, stdio: 'ignore',
    env: { ...process.env, EXTERNAL_SITE_LISTEN: `127.0.0.1:${port}`, EXTERNAL_SITE_BASE_URL: address, EXTERNAL_SITE_OPERATIONS__LISTEN: `127.0.0.1:${await freePort()}`, ...more },
  })
  let gone = false
  const ended = new Promise((done) => program.once('exit', done).once('error', done)).then(() => { gone = true })
  try {
    while (!await fetch(`${address}/livez`).then((r) => r.ok, () => false)) {
      assert.ok(!gone, 'the site beside the demo has ended')
      await new Promise((done) => setTimeout(done, 50))
    }
    return await fn(address)
  } finally {
    program.kill()
    await ended
  }
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}

// A picture of one pixel, in the blue of water.
const tile = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkyPxfDwADGQGAnu0d1gAAAABJRU5ErkJggg==', 'base64')

journey('a map from the installation’s own tiles', async (j) => {
  let there = true
  const tiles = createServer((_, answer) => {
    answer.writeHead(there ? 200 : 404, { 'content-type': 'image/png' })
    answer.end(there ? tile : undefined)
  })
  await new Promise((done) => tiles.listen(0, '127.0.0.1', done))
  const source = `http://127.0.0.1:${tiles.address().port}/{z}/{x}/{y}.png`
  try {
    await withSite({ EXTERNAL_SITE_MAP__TILES: source, EXTERNAL_SITE_MAP__ATTRIBUTION: '© Орлопільська область' }, async (address) => {
      await j.open('with a map', `${address}/centres`)
      await j.page.locator('.leaflet-tile-loaded').first().waitFor()
      assert.equal(await j.page.locator('.portal-map__mark').count(), 3)
      assert.match(await j.page.locator('[data-portal-map]').innerText(), /© Орлопільська область/)
      await j.step('a mark leads to its line in the list', (page) => page.locator('.portal-map__mark').first().click(), { stays: true })
      assert.equal(await j.page.evaluate(() => document.activeElement.textContent), first)
      assert.equal(await j.page.locator('[data-portal-map] a:not([tabindex="-1"]), [data-portal-map] [tabindex="0"]').count(), 0, 'by keyboard there is the list')
      there = false
      j.expect(404)
      await j.page.goto(`${address}/en/centres`)
      await j.page.locator('[data-portal-map]').waitFor({ state: 'hidden' })
      await j.check('no map when its pictures do not come')
      assert.equal((await centresOf(j.page)).length, 3)
    })
  } finally {
    tiles.closeAllConnections()
    tiles.close()
  }
})

/** Waits until what the browser has kept of the site is what is expected; async, so that it runs in the page. */
const keptCards = (page) => page.evaluate(async () => (await (await caches.open('portal-cards')).keys()).map(({ url }) => new URL(url).pathname))

async function untilKept(page, path) {
  await page.waitForFunction(async (path) => Boolean(await caches.match(path) && await caches.match('/offline')), path, { polling: 100 })
}

journey('a card is read without a line', async (j) => {
  const port = await freePort()
  const { page } = j
  await withSite({}, async (address) => {
    await j.open('a card', address + quick)
    await untilKept(page, quick)
    await page.goto(address + ordinary)
    await untilKept(page, ordinary)
    for (const path of ['/track', '/cabinet/sign-in', '/centres', quick.replace('services', 'apply'), `${quick}?edition=1`]) await page.goto(address + path)
    await page.goto(address + quick) // with the cookie of a draft the page may say that it is begun: such a one is not kept
    assert.deepEqual((await keptCards(page)).sort(), [quick, ordinary].sort(), 'cards and nothing else')
  }, port)

  const address = `http://127.0.0.1:${port}`
  j.problems = { push: () => {}, length: 0 } // what has no answer now is meant to have none
  await page.goto(address + ordinary)
  const text = await main(j)
  assert.match(text, /Немає зв’язку\. Ви читаєте копію, збережену \d+ \S+ \d{4}/)
  assert.doesNotMatch(text, /відчинено|Зачинено/i, 'nobody knows whether a centre is open')
  assert.doesNotMatch(await page.locator('.portal-freshness__text').innerText(), /щойно/)
  assert.ok(await page.evaluate(() => document.styleSheets[0].cssRules.length > 100 && [...document.fonts].some(({ status }) => status === 'loaded')), 'styles and fonts are there')
  await j.axe('a card without a line')
  await j.photograph('a-card-without-a-line')
  await page.goto(`${address}/centres`)
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Немає зв’язку')
  await j.axe('no line')
  await assert.rejects(page.goto(`${address}/track`), /ERR_CONNECTION_REFUSED/, 'what is about one person has nothing to do with it')

  await withSite({ EXTERNAL_SITE_NO_OFFLINE: 'true' }, async () => {
    await page.goto(address + quick)
    await page.waitForFunction(async () => (await caches.keys()).length === 0 && !(await navigator.serviceWorker.getRegistration()), undefined, { polling: 100 })
    await page.goto(address + quick)
    assert.equal(await page.locator('[data-portal-offline]').count(), 0)
  }, port)
  j.problems = []
  for (const path of j.visited) j.checked.add(path) // these pages are checked by other journeys
})

journey('a card on paper', async (j) => {
  await j.open('card', site + quick)
  const pdf = (await j.page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1')
  const sheets = pdf.match(/\/Type\s*\/Page\b/g).length
  assert.ok(sheets <= 2, `a card takes ${sheets} sheets`)
  await j.page.emulateMedia({ media: 'print' })
  const printed = j.page.locator('.portal-printed')
  assert.ok(await printed.isVisible(), 'paper says where the page is and of when')
  assert.match(await printed.innerText(), new RegExp(`${quick} – станом на \\d`))
  const look = await j.page.evaluate(() => ({
    twice: [...document.querySelectorAll('main .portal-address')].filter((a) => getComputedStyle(a, '::after').content.includes('http')).length,
    alone: [...document.querySelectorAll('main h2, main h3')].filter((h) => getComputedStyle(h).breakAfter !== 'avoid').length,
  }))
  assert.deepEqual(look, { twice: 0, alone: 0 }, 'no address stands twice, no heading alone at the foot of a page')
  await j.page.emulateMedia({ media: 'screen' })
})

journey('the public rooms without scripts', async (j) => {
  await j.open('home', site)
  await j.step('search', async (page) => {
    await page.locator('#q').fill('виборцю')
    await page.getByRole('button', { name: 'Знайти' }).click()
  })
  await j.step('narrowed', async (page) => {
    await page.getByRole('checkbox', { name: /^Можна подати онлайн/ }).check()
    await page.getByRole('button', { name: 'Показати' }).click()
  })
  await j.step('service', (page) => page.getByRole('link', { name: /Видача довідки виборцю/ }).click())
  await j.page.locator('details.portal-centre > summary').first().click()
  const hours = j.page.locator('details.portal-centre details').first()
  await hours.locator('summary').click()
  assert.ok(await hours.getByRole('table').isVisible(), 'hours unfold')
  await j.step('before applying', (page) => page.getByRole('button', { name: 'Подати заяву онлайн' }).click())
  await j.step('first question', (page) => page.getByRole('button', { name: 'Почати' }).click())
  await j.step('refused', (page) => page.getByRole('button', { name: 'Далі' }).click(), { status: 422 })
  await j.step('back at a field', (page) => page.locator('.govuk-error-summary a').first().click(), { stays: true })
  await j.step('state of an application', (page) => page.getByRole('link', { name: 'Стан заяви або запитання' }).first().click())
  await j.step('number and code are needed', (page) => page.getByRole('button', { name: 'Перевірити стан' }).click(), { status: 422 })
}, { javaScript: false })
