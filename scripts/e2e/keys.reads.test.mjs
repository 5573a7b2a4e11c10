// The keys of the staff site: what a page's keys are, going to a page or a search by its name, and the header with a long name.
import { strict as assert } from 'node:assert'
import { withDatabases } from './nodes.mjs'
import { journey, portal } from './portal.mjs'

const inside = portal.internal_site
const login = 'admin1.orlopil'

async function signIn(j) {
  await j.open('sign in', `${inside}/sign-in`)
  await j.step('signed in', async (page) => {
    await page.getByLabel('Логін').fill(login)
    await page.getByLabel('Пароль').fill(portal.sign_ins.find((s) => s.login === login).password)
    await page.getByRole('button', { name: 'Увійти' }).click()
  })
}

const ready = (page) => page.waitForSelector('body.js-enabled')

journey('keys are shown, explained and used', async (j) => {
  await signIn(j)
  const { rows: [one] } = await withDatabases((db) => db.query(`
    select c.id from cases.cases c join cases.turns t on t.case_id = c.id and t.standing = 'turn' join access.users u on u.id = t.person
    where u.login = $1 and c.state = 'in_progress' order by c.number limit 1`, [login]))
  await j.open('a case in hand', `${inside}/cases/${one.id}`)
  await ready(j.page)
  assert.ok(await j.page.locator('main kbd', { hasText: /^N$/ }).isVisible(), 'the key of the note is not shown')
  await j.page.keyboard.press('KeyN')
  await j.page.getByLabel('Текст', { exact: true }).fill('') // an earlier visit may have left a draft
  await j.page.keyboard.type('не') // what is typed is text and presses nothing
  assert.equal(await j.page.getByLabel('Текст', { exact: true }).inputValue(), 'не')
  await j.page.locator('h1').click()
  await j.step('what the keys are', (page) => page.keyboard.press('Shift+Slash'), { stays: true })
  const help = j.page.getByRole('dialog', { name: 'Клавіші' })
  assert.match(await help.innerText(), /N\s+Нотатка/)
  await j.page.keyboard.press('Escape')
  assert.equal(await help.isVisible(), false)
})

journey('a page and a search are opened by their names', async (j) => {
  await signIn(j)
  await ready(j.page)
  await j.step('the window', (page) => page.keyboard.press('Control+KeyK'), { stays: true })
  const field = j.page.getByRole('combobox', { name: 'Що відкрити або знайти' })
  await field.fill('послуг')
  const options = j.page.getByRole('option')
  assert.match(await options.first().innerText(), /^Шукати серед справ: послуг$/)
  assert.ok((await options.allInnerTexts()).some((text) => text.startsWith('Послуги')))
  await j.page.keyboard.press('ArrowUp') // from the first to the last: the page itself
  assert.equal(await field.getAttribute('aria-activedescendant'), await options.last().getAttribute('id'))
  await j.step('the page', (page) => page.keyboard.press('Enter'))
  assert.equal(new URL(j.page.url()).pathname, '/services')
  await ready(j.page)
  await j.page.keyboard.press('Control+KeyK')
  await field.fill('Джмелегай')
  await j.step('found among cases', (page) => page.keyboard.press('Enter'))
  assert.equal(new URL(j.page.url()).searchParams.get('q'), 'Джмелегай')
})

journey('the navigation takes one row, and its menu the rest', async (j) => {
  await signIn(j)
  await ready(j.page)
  const navigation = j.page.getByRole('navigation', { name: 'Розділи' })
  assert.ok((await navigation.boundingBox()).height < 60, 'the links take more than one row')
  const menu = navigation.locator('summary')
  await menu.focus()
  await j.step('the menu', (page) => page.keyboard.press('Enter'), { stays: true })
  const substitution = navigation.getByRole('link', { name: 'Заміщення' })
  assert.ok(await substitution.isVisible())
  await j.page.keyboard.press('Escape')
  assert.equal(await substitution.isVisible(), false)
  assert.ok(await menu.evaluate((e) => e === document.activeElement), 'Escape did not lead back to the menu')
  await j.page.keyboard.press('Enter')
  await j.page.locator('h1').click()
  assert.equal(await substitution.isVisible(), false, 'a press beside the menu left it open')
  await menu.click()
  await j.step('a page out of the menu', () => substitution.click())
  assert.match(await menu.innerText(), /Ще: Заміщення/)
})

journey('a long name and large text leave the header whole', async (j) => {
  await signIn(j)
  for (const size of [100, 200]) {
    for (const width of [390, 1280]) {
      await j.page.setViewportSize({ width, height: 900 })
      const overlaps = await j.page.evaluate((size) => {
        document.documentElement.className = `govuk-template portal-text-${size}`
        const name = document.querySelector('.portal-user__link')
        name.textContent = 'Христофоренко-Дніпровська Олександра-Вікторія' // 45 letters
        const parts = ['.portal-header__name', '.portal-user__link', '.portal-user__role', '.portal-user__button', '.portal-languages__list']
          .map((s) => [s, document.querySelector(s).getBoundingClientRect()])
        const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1
        const found = []
        parts.forEach(([s, a], i) => parts.slice(i + 1).forEach(([o, b]) => { if (meet(a, b)) found.push(`${s} ${o}`) }))
        return [...found, ...parts.filter(([, r]) => r.right > innerWidth + 1).map(([s]) => `${s} is outside`)]
      }, size)
      assert.deepEqual(overlaps, [], `at ${width} with ${size} %`)
    }
  }
  await j.page.setViewportSize({ width: 1280, height: 900 })
})
