// What is wrong with a form of the desk is said, and nothing that was typed is lost: a session that has ended, a file that is not what
// its name says, a day that does not exist, a second click, a colleague who was faster.
import { strict as assert } from 'node:assert'
import { withDatabases } from './nodes.mjs'
import { journey, portal, press, signInOf } from './portal.mjs'

const inside = portal.internal_site
const noPdf = { name: 'довідка.pdf', mimeType: 'application/pdf', buffer: Buffer.from('MZ\x90\x00 not a document') }
const unfold = (page, summary) => page.locator('summary').filter({ hasText: summary }).first().click()
const text = (page) => page.getByLabel('Текст', { exact: true })
const errors = (j) => j.page.locator('.govuk-error-summary').innerText()

/** The page has all of the words, in fields or beside them. */
async function keeps(j, ...words) {
  const typed = await j.page.evaluate(() => [...document.querySelectorAll('input, textarea')].map((field) => field.value).join('\n'))
  for (const text of words) assert.ok(typed.includes(text), `«${text}» is lost on ${j.page.url()}`)
}

async function typeDay(group, day, month, year) {
  await group.getByLabel('День').fill(day)
  await group.getByLabel('Місяць').fill(month)
  await group.getByLabel('Рік').fill(year)
}

/** Presses the button after the session has ended, and signs in again. */
async function afterTheSession(j, login, name, action) {
  await withDatabases((db) => db.query(`update access.sessions set seen_at = seen_at - interval '1 day'
    where user_id = (select id from access.users where login = $1)`, [login]))
  await j.step(`${name}: the session has ended`, action, { status: 401 })
  await j.step(`${name}: signed in again`, async (page) => {
    await page.locator('input[name=login]').fill(login)
    await page.locator('input[name=password]').fill(signInOf(login).password)
    await page.locator('main form button').first().click()
  })
}

/** A case that the clerk has in hand. */
async function inHand(login) {
  const { rows: [{ id }] } = await withDatabases((db) => db.query(`
    select c.id from cases.cases c join cases.turns t on t.case_id = c.id and t.standing = 'turn' join access.users u on u.id = t.person
    where u.login = $1 and c.state = 'in_progress' order by c.number desc limit 1`, [login]))
  return `${inside}/cases/${id}`
}

journey('nothing typed at a case is lost', async (j) => {
  const login = 'admin3.orlopil'
  await j.as(login)
  const address = await inHand(login)
  await j.open('a case', address)
  await j.page.getByRole('radio', { name: 'Нотатка' }).check()
  await text(j.page).fill('Недописана нотатка')
  await afterTheSession(j, login, 'a note', press('Зберегти нотатку'))
  await keeps(j, 'Недописана нотатка')
  await j.open('the case again', address)
  await j.step('no such day', async (page) => {
    await unfold(page, 'Зупинити розгляд')
    await page.locator('[name=suspend_text]').fill('Немає довідки')
    await typeDay(page.getByRole('group', { name: 'До якого дня чекати' }), '31', '2', '2027')
    await press('Зупинити')(page)
  }, { status: 422 })
  assert.match(await errors(j), /немає такого дня/)
  await keeps(j, 'Немає довідки', '31')
  await j.open('papers', `${address}/papers`)
  await j.step('a program is no paper', async (page) => {
    await page.locator('main textarea').first().fill('Приніс довідку')
    await page.locator('input[type=file]').first().setInputFiles(noPdf)
    await page.locator('main form button').first().click()
  }, { status: 422 })
  assert.match(await errors(j), /довідка\.pdf/)
  await keeps(j, 'Приніс довідку')
  await j.open('the case once more', address)
  await j.step('a note, twice', async (page) => {
    await page.getByRole('radio', { name: 'Нотатка' }).check()
    await text(page).fill('Двічі натиснуто')
    await page.getByRole('button', { name: 'Зберегти нотатку', exact: true }).dblclick()
  })
  const { rows: [{ n }] } = await withDatabases((db) => db.query(`select count(*)::int as n from cases.events where typed = 'Двічі натиснуто'`))
  assert.equal(n, 1, 'notes')
})

journey('nothing typed at the counter is lost', async (j) => {
  const login = 'admin3.orlopil'
  await j.as(login)
  await j.open('unfinished visits', `${inside}/counter`)
  await j.step('a new visitor', press('Новий відвідувач'))
  const visit = j.page.url().split('?')[0]
  await j.step('the service', async (page) => {
    await page.getByLabel('Прізвище').first().fill('Незагубленко')
    await page.getByLabel('Послуга').fill('01-10/02')
    await page.keyboard.press('Enter')
  })
  await j.page.getByLabel('Ім’я').first().fill('Орися')
  await afterTheSession(j, login, 'a visit', press('Зберегти й відкласти'))
  await keeps(j, 'Незагубленко', 'Орися')
  await j.open('the visit', visit)
  await j.step('wrong in many ways', async (page) => {
    await page.getByLabel('Ім’я').first().fill('Орися')
    await page.getByLabel('РНОКПП', { exact: true }).fill('1234567890')
    await page.getByLabel('Електронна пошта').fill('не-адреса')
    await page.getByLabel('Телефон').fill('abc')
    await page.locator('[name^="sheets."]:visible').first().fill('багато')
    await press('Зареєструвати')(page)
  }, { status: 422 })
  assert.ok((await errors(j)).trim().split('\n').length > 4, 'each mistake is named at once')
  await keeps(j, '1234567890', 'не-адреса', 'abc', 'багато')
  await j.step('a program is no scan', async (page) => {
    await page.locator('input[type=file]').first().setInputFiles(noPdf)
    await press('Зберегти й відкласти')(page)
  }, { status: 422 })
  assert.match(await errors(j), /довідка\.pdf/)
  await keeps(j, 'не-адреса')
  await j.step('the visitor has left', press('Відвідувач пішов'))
})

journey('nothing typed about an absence is lost', async (j) => {
  await j.as('admin3.orlopil')
  await j.open('who is away', `${inside}/offices`)
  await j.step('days that cannot be', async (page) => {
    await unfold(page, 'Записати відсутність')
    await typeDay(page.getByRole('group', { name: 'Перший день' }), '31', '2', '2027')
    await typeDay(page.getByRole('group', { name: 'Останній день' }), '1', '1', '2020')
    await page.getByLabel('Причина').fill('Відпустка')
    await press('Записати')(page)
  }, { status: 422 })
  assert.match(await errors(j), /немає такого дня/)
  await keeps(j, '31', '2020', 'Відпустка')
})
