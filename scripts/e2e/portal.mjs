// What every browser journey needs: the running portal, a browser, and a journey that checks each page it
// comes by. No journey opens a browser or runs axe by itself.
//
//   import { journey, portal } from './portal.mjs'
//
//   journey('a citizen finds a service', async (j) => {
//     await j.open('home', portal.external_site)
//     await j.step('search', (page) => page.getByRole('searchbox').fill('субсидія'), { stays: true })
//     await j.step('results', (page) => page.getByRole('button', { name: 'Знайти' }).click())
//   })
import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const screenshots = join(root, '.run/screenshots')
const pictures = process.env.PORTAL_PICTURES !== 'failures' // a picture costs as much as axe does
const withoutStyle = JSON.parse(readFileSync(join(here, '../../shared/ui/testdata/dropped-classes.json'), 'utf8'))
const axeSource = readFileSync(join(here, 'node_modules/axe-core/axe.min.js'), 'utf8')

/** The running copy, as `scripts/demo status --json` describes it. */
export const portal = loadPortal()

function loadPortal() {
  const text = process.env.PORTAL_STATUS
    ? readFileSync(process.env.PORTAL_STATUS, 'utf8')
    : execFileSync(join(root, 'scripts/demo'), ['status', '--json'], { encoding: 'utf8' })
  const status = JSON.parse(text)
  assert.equal(status.state, 'running', 'the portal does not run: scripts/demo --detach')
  return status
}

/** The demo's sign-in of a role. */
export function signIn(role) {
  const found = portal.sign_ins.find((s) => s.role === role)
  assert.ok(found, `the demo has no sign-in of role ${role}: ${portal.sign_ins.map((s) => s.role).join(', ')}`)
  return found
}

/** The demo's sign-in of a login. */
export function signInOf(login) {
  const found = portal.sign_ins.find((s) => s.login === login)
  assert.ok(found, `the demo has no sign-in ${login}`)
  return found
}

/** Clicks the button of that name. */
export const press = (name) => (page) => page.getByRole('button', { name, exact: true }).first().click()

/** Presses a key once the page listens to keys. */
export const key = (name) => async (page) => {
  await page.waitForSelector('body.js-enabled')
  await page.keyboard.press(name)
}

/** The words of the page, without what stands around every page. */
export const main = (j) => j.page.locator('main').innerText()

/** Loads the page again until it says the words: what was sent takes its way through both nodes. */
export async function reloadUntil(j, text) {
  const deadline = Date.now() + 300_000 // only ends what hangs
  while (!(await main(j)).includes(text)) {
    assert.ok(Date.now() < deadline, `waited in vain until ${j.page.url()} says «${text}»`)
    await j.page.reload()
  }
}

/** The letter that the portal sent to the address, as the demo's post office shows it. */
export async function letterTo(address) {
  const deadline = Date.now() + 300_000 // only ends what hangs
  for (;;) {
    const found = (await (await fetch(portal.letters)).text()).split('<article>').find((text) => text.includes(address))
    if (found) return found
    assert.ok(Date.now() < deadline, `no letter came to ${address}`)
    await new Promise((done) => setTimeout(done, 500))
  }
}

const widths = { desktop: { width: 1280, height: 900 }, phone: { width: 375, height: 800 } }

// Phones on which no page may have to be scrolled sideways: with text at twice its size (WCAG 2.2, 1.4.4 and 1.4.10), with
// the distances between lines, words and letters that a reader may set (1.4.12), and folded.
const narrow = {
  'a phone with large text': { width: 320, fontSize: '200%' },
  'a phone with spaced text': { width: 320, styles: '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }' },
  'a folded phone': { width: 280 },
}

// The journeys of a file share a browser, in which each has a context of its own: cookies, storage and pages are nobody else's. A
// browser without windows is taken where it is installed, since it works a third less.
const browsers = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
let launched

function launch() {
  const executablePath = process.env.CHROMIUM ?? browsers.find(existsSync)
  assert.ok(executablePath, 'Chromium is not installed: sudo apt-get install --yes --no-install-recommends chromium-headless-shell')
  return chromium.launch({
    executablePath,
    // Chromium refuses its sandbox to root; the pages are our own. Containers have little /dev/shm.
    // Its camera is a moving picture of the browser's own, for photos of documents.
    args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage'],
  })
}

// Without this the browser would keep the test process alive.
after(async () => (await launched)?.close())

// Pages that were checked, by a hash of what they are.
const checkedPages = new Set()

/**
 * A journey: a test with a browser context of its own. Each page it visits is checked (axe, width, errors);
 * one that was passed by unchecked fails the journey.
 * options: javaScript (true), language ('uk'), skip
 */
export function journey(name, steps, options = {}) {
  test(name, { skip: options.skip }, async () => {
    const j = new Journey(name, options)
    try {
      launched ??= launch()
      await j.begin(await launched)
      await steps(j)
      j.finish()
    } catch (error) {
      await j.photographFailure()
      throw error
    } finally {
      await j.end()
    }
  })
}

class Journey {
  constructor(name, { javaScript = true, language = 'uk' }) {
    this.name = slug(name)
    this.javaScript = javaScript
    this.locale = { uk: 'uk-UA', en: 'en-GB' }[language]
    this.visited = new Set()
    this.checked = new Set()
    this.problems = []
    this.expected = new Set()
    this.number = 0
    this.contexts = []
  }

  async begin(browser) {
    this.browser = browser
    this.context = await this.newContext({
      viewport: widths.desktop, locale: this.locale, timezoneId: 'Europe/Kyiv', javaScriptEnabled: this.javaScript,
    })
    this.context.setDefaultTimeout(120_000) // only ends what hangs: the machine may be busy with other tests
    this.page = this.first = await this.context.newPage()
    this.watch(this.page)
  }

  /**
   * Goes on as one of the staff, each in a browser of their own that stays as it is while others act: two people can have one case
   * before them. j.page is the page of whoever acts.
   */
  async as(login) {
    this.people ??= {}
    this.people[login] ??= await this.arrive(login)
    this.page = this.people[login]
    return this.page
  }

  /** Goes on as whoever comes from outside, in the browser that the journey began with. */
  async visit() {
    this.page = this.first
    return this.page
  }

  /** Signs somebody in without the page of the sign-in, which is a journey of its own. */
  async arrive(login) {
    const { password } = signInOf(login)
    const context = await this.newContext({ viewport: widths.desktop, locale: this.locale, timezoneId: 'Europe/Kyiv', javaScriptEnabled: this.javaScript })
    context.setDefaultTimeout(120_000)
    const answer = await context.request.post(`${portal.internal_site}/sign-in`, {
      form: { login, password }, headers: { Origin: portal.internal_site, 'Sec-Fetch-Site': 'same-origin' }, maxRedirects: 0,
    })
    assert.equal(answer.status(), 303, `${login} signs in`)
    const page = await context.newPage()
    this.watch(page)
    return page
  }

  /** A context that ends with the journey. */
  async newContext(options) {
    const context = await this.browser.newContext(options)
    this.contexts.push(context)
    return context
  }

  async end() {
    for (const context of this.contexts) await context.close()
  }

  watch(page) {
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame() && frame.url().startsWith('http')) this.visited.add(pathOf(frame.url()))
    })
    page.on('pageerror', (error) => this.problems.push(`script error on ${page.url()}: ${error.message}`))
    page.on('console', (message) => {
      // A refused form comes with its status, which the browser reports as an error; the step says so.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) {
        this.problems.push(`console on ${page.url()}: ${message.text()}`)
      }
    })
    page.on('response', (response) => {
      if (response.status() >= 400 && !this.expected.has(response.status())) {
        this.problems.push(`${response.status()} from ${response.url()}`)
      }
    })
    page.on('requestfailed', (request) => {
      if (request.failure()?.errorText !== 'net::ERR_ABORTED') this.problems.push(`no answer from ${request.url()}`)
    })
  }

  /** Opens an address and checks the page. status: what it must answer with. */
  async open(name, url, { status = 200 } = {}) {
    this.expect(status)
    const response = await this.page.goto(url)
    assert.equal(response.status(), status, `${url} answers ${response.status()}`)
    await this.check(name)
    return this.page
  }

  /**
   * Does something that leads to a page and checks that page.
   * status: what the page must answer with (422 for a refused form); stays: no page is loaded.
   */
  async step(name, action, { status = 200, stays = false } = {}) {
    this.expect(status)
    if (stays) {
      await action(this.page)
    } else {
      const document = this.page.waitForResponse((r) => r.request().isNavigationRequest() && r.frame() === this.page.mainFrame() && (r.status() < 300 || r.status() > 399))
      const shown = this.page.waitForEvent('framenavigated', (frame) => frame === this.page.mainFrame())
      // The answer comes before the browser leaves the page that asked, which has loaded long ago.
      const [response] = await Promise.all([document, shown, action(this.page)])
      assert.equal(response.status(), status, `${name}: ${response.url()} answers ${response.status()}`)
      await this.page.waitForLoadState('load')
    }
    await this.check(name)
    return this.page
  }

  /** Statuses of 400 and above that this journey means to see. */
  expect(...statuses) {
    for (const status of statuses) if (status >= 400) this.expected.add(status)
  }

  /**
   * Checks the page as it is now: accessibility, widths of phones, errors; leaves a picture of both widths if they are wanted.
   * A page that a journey of the same file has found in order is not looked into again.
   */
  async check(name) {
    this.checked.add(pathOf(this.page.url()))
    this.number++
    const print = await this.fingerprint()
    if (pictures || !checkedPages.has(print)) {
      await this.look(name)
      checkedPages.add(print)
    }
    // Whoever reads a page is not taken for the second half of a double click on the page before, however soon a journey goes on.
    await this.page.evaluate(() => sessionStorage.removeItem('portal-sent'))
    assert.deepEqual(this.problems, [], `${name} (${this.page.url()})`)
  }

  /** Checks the page less closely: accessibility on a desk, and that a phone shows it whole. For pages that no journey goes through. */
  async glance(name, url) {
    const response = await this.page.goto(url)
    assert.equal(response.status(), 200, `${name}: ${url} answers ${response.status()}`)
    this.checked.add(pathOf(this.page.url()))
    await this.axe(name)
    await this.page.setViewportSize({ width: 390, height: 844 })
    const overflow = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    await this.page.setViewportSize(widths.desktop)
    assert.ok(overflow <= 0, `${name} (${url}) is ${overflow} pixels wider than a phone`)
    assert.deepEqual(this.problems, [], `${name} (${url})`)
  }

  /** A hash of all that the page is, but for the moment at which it was made; with what is typed, which has a width too. */
  async fingerprint() {
    const typed = await this.page.evaluate(() => [...document.querySelectorAll('input, select, textarea')].map((field) => `${field.checked}${field.value}`))
    const markup = (await this.page.content()).replace(/<time\b[^>]*>/g, '<time>')
    return createHash('sha256').update(JSON.stringify([this.javaScript, markup, typed])).digest('hex')
  }

  async look(name) {
    for (const [width, size] of Object.entries(widths)) {
      await this.page.setViewportSize(size)
      if (pictures) await this.photograph(`${name}-${width}`)
      const overflow = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      assert.ok(overflow <= 0, `${name} (${this.page.url()}) is ${overflow} pixels wider than a ${width}`)
      await this.axe(`${name}, ${width}`)
      await this.languages(name)
    }
    for (const [phone, options] of Object.entries(narrow)) await this.fits(name, phone, options)
    await this.page.setViewportSize(widths.desktop)
  }

  /** Measures the page with other text than usual; what sticks out is named. The page is as it was afterwards. */
  async fits(name, phone, { width, fontSize = '', styles = '' }) {
    await this.page.setViewportSize({ width, height: widths.phone.height })
    const { overflow, wide } = await this.page.evaluate(({ fontSize, styles }) => {
      const root = document.documentElement
      const sheet = new CSSStyleSheet() // not a style tag: the sites' content security policy would refuse it
      sheet.replaceSync(styles)
      root.style.fontSize = fontSize
      document.adoptedStyleSheets = [sheet]
      const out = (element) => element.getBoundingClientRect().right > root.clientWidth + 1
      const overflow = root.scrollWidth - root.clientWidth
      const wide = overflow > 0 ? [...document.body.querySelectorAll('*')].filter((e) => out(e) && ![...e.children].some(out)) : []
      const named = wide.map((e) => `${e.tagName} ${e.getAttribute('class') ?? ''}: ${e.textContent.trim().slice(0, 60)}`)
      root.style.fontSize = ''
      document.adoptedStyleSheets = []
      return { overflow, wide: named }
    }, { fontSize, styles })
    assert.ok(overflow <= 0, `${name} (${this.page.url()}) is ${overflow} pixels wider than ${phone}:\n${wide.join('\n')}`)
  }

  /**
   * Measures the page as it is printed on A4: nothing is wider than the paper, every column of a table is wide enough for words,
   * no button and no menu is on it, and it takes no more sheets than it may.
   */
  async fitsPaper(name, { sheets = Infinity } = {}) {
    const { page } = this
    await page.emulateMedia({ media: 'print' })
    await page.setViewportSize({ width: 680, height: 980 }) // 210 mm without the margins
    const found = await page.evaluate(() => {
      const shown = (e) => e.checkVisibility({ visibilityProperty: true })
      return {
        wide: [...document.querySelectorAll('main *')].filter((e) => shown(e) && e.getBoundingClientRect().right > 681).map((e) => `${e.tagName} ${e.className}`),
        narrow: [...document.querySelectorAll('main thead th')].filter((th) => shown(th) && th.textContent.trim().length > 3 && th.offsetWidth < 40).map((th) => th.textContent),
        pressed: [...document.querySelectorAll('button, .govuk-button, nav')].filter(shown).map((e) => e.textContent.trim().slice(0, 40)),
      }
    })
    assert.deepEqual(found, { wide: [], narrow: [], pressed: [] }, `${name} on paper (${page.url()})`)
    await page.emulateMedia({ media: null })
    await page.setViewportSize(widths.desktop)
    const paper = await page.pdf({ format: 'A4', preferCSSPageSize: true })
    const count = paper.toString('latin1').match(/\/Type\s*\/Page\b/g).length
    assert.ok(count <= sheets, `${name} takes ${count} sheets, not ${sheets}`)
    if (pictures) {
      mkdirSync(screenshots, { recursive: true })
      writeFileSync(join(screenshots, `${this.name}-${slug(name)}.pdf`), paper)
    }
  }

  /** On an English page all that is Ukrainian has to say so, or a screen reader spells it out as English. */
  async languages(name) {
    const unmarked = await this.page.evaluate(() => {
      if (document.documentElement.lang === 'uk') return []
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
      const found = []
      while (texts.nextNode()) {
        const { data, parentElement: at } = texts.currentNode
        if (/[\u0400-\u04ff]/.test(data) && at.closest('[lang]').lang !== 'uk' && !at.closest('script, style')) found.push(data.trim())
      }
      return found
    })
    assert.deepEqual(unmarked, [], `Ukrainian on ${name} (${this.page.url()}) has no lang="uk"`)
  }

  async axe(name) {
    const page = this.javaScript ? this.page : await this.twin()
    // Not a script tag: the sites' content security policy would rightly refuse it.
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
    // What passes is not described, which takes half of the time; no rule of these needs the style sheets as text.
    const { violations } = await page.evaluate(() => window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      resultTypes: ['violations'], selectors: false, preload: false,
    }))
    const said = violations.map((v) => `${v.id} (${v.impact}): ${v.help}\n${v.nodes.map((n) => `    ${n.html}\n    ${n.failureSummary?.replace(/\n/g, '\n    ')}`).join('\n')}`)
    assert.equal(violations.length, 0, `accessibility of ${name} (${this.page.url()}):\n${said.join('\n')}`)
    // The styles of the public site are made without what its templates and scripts do not name.
    const unstyled = await page.evaluate((dropped) => [...document.styleSheets].some((sheet) => sheet.href?.endsWith('/public.css'))
      ? dropped.filter((name) => document.getElementsByClassName(name).length > 0) : [], withoutStyle)
    assert.deepEqual(unstyled, [], `${name} (${this.page.url()}) has classes that shared/ui/assets/build.mjs took for unused`)
  }

  /** The page's markup without its scripts, in a context where axe can run (it needs timers), at the same address. */
  async twin() {
    this.twinPage ??= await (await this.newContext({ locale: this.locale })).newPage()
    await this.twinPage.setViewportSize(this.page.viewportSize())
    const body = (await this.page.content())
      .replace(/<script\b[\s\S]*?<\/script>/gi, '')
      .replace(/<noscript>([\s\S]*?)<\/noscript>/gi, '$1')
    await this.twinPage.unrouteAll()
    await this.twinPage.route('**/*', (route) => route.request().isNavigationRequest()
      ? route.fulfill({ contentType: 'text/html; charset=utf-8', body })
      : route.continue())
    await this.twinPage.goto(this.page.url(), { waitUntil: 'load' })
    return this.twinPage
  }

  async photograph(name) {
    mkdirSync(screenshots, { recursive: true })
    await this.page.screenshot({ path: join(screenshots, `${this.name}-${String(this.number).padStart(2, '0')}-${slug(name)}.png`), fullPage: true })
  }

  async photographFailure() {
    try {
      await this.photograph('failure')
    } catch {
      // The browser itself may be what failed; the first error is the one to see.
    }
  }

  finish() {
    const missed = [...this.visited].filter((path) => !this.checked.has(path))
    assert.deepEqual(missed, [], 'pages were passed by without a check: give each a step of its own')
    assert.deepEqual(this.problems, [])
  }
}

function pathOf(url) {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

const slug = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '')
