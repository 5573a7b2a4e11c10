// The rooms of staff: every page that a clerk, a head and an administrator come by, in Ukrainian, then a round in
// English and one without JavaScript. Nothing that these journeys do changes a case, a card or an organisation.
import { strict as assert } from 'node:assert'
import { withDatabases } from './nodes.mjs'
import { journey, portal } from './portal.mjs'

const inside = portal.internal_site
const service = '01-13/01' // the demo region keeps a draft of its card

async function signInAs(j, login) {
  await j.open('sign in', `${inside}/sign-in`)
  await j.step(`${login} has signed in`, (page) => fillSignIn(page, login))
}

async function fillSignIn(page, login) {
  const { password } = portal.sign_ins.find((s) => s.login === login)
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill(password)
  await page.locator('main form button').first().click() // the next one asks for a key
}

async function signOut(j) {
  await j.step('signed out', (page) => page.locator('.portal-user').getByRole('button').or(page.locator('.portal-user a[href="/sign-out"]')).first().click())
}

/** Opens the first link of the page's main table or list whose address looks like this. */
const follow = (address) => (page) => page.locator('main a').and(page.locator(address)).first().click()

/** The first case of a list, by the address of the list. */
async function firstCase(j, name, query) {
  await j.open(`list: ${name}`, `${inside}/cases?${query}`)
  await j.step(`case: ${name}`, follow('th a[href^="/cases/"]'))
}

journey('the rooms of a clerk', async (j) => {
  await j.open('sign in', inside)
  await j.step('a wrong password', async (page) => {
    await page.locator('input[name=login]').fill('nobody.orlopil')
    await page.locator('input[name=password]').fill('not the password')
    await page.locator('main form button').first().click() // the next one asks for a key
  }, { status: 422 })
  await signInAs(j, 'admin1.orlopil')
  await firstCase(j, 'suspended', 'state=suspended')
  await firstCase(j, 'closed', 'state=closed')
  await j.fitsPaper('a case', { sheets: 2 })
  await firstCase(j, 'being worked on', 'state=in_progress')
  await j.step('the card of the case', follow('a[href*="/cards/"]'))
  await j.open('every case', `${inside}/cases`)
  await j.fitsPaper('the work list')
  await j.open('no case found', `${inside}/cases?q=немає+такої`)
  await j.open('no such case', `${inside}/cases/00000000-0000-4000-8000-000000000000`, { status: 404 })
  await j.open('not the room of a clerk', `${inside}/users`, { status: 403 })
  await j.open('account', `${inside}/account`)
  await j.step('password', follow('a[href="/account/password"]'))
  await j.step('password refused', (page) => page.locator('main form button').first().click(), { status: 422 })
  await signOut(j)
})

/** A case that stands in the stage of its decision, and the head who holds the office that decides it. */
async function deciding() {
  const { rows } = await withDatabases((db) => db.query(`
    select c.id, u.login from cases.cases c
    join cases.stages s on s.case_id = c.id and s.state = 'active' and s.action = 'approves' and s.authority_id = c.authority_id
    join access.roles r on r.role = 'authority_head' and r.authority_id = c.authority_id join access.users u on u.id = r.user_id
    join cases.turns t on t.case_id = c.id and t.standing = 'turn'
    join offices.holders h on h.place = t.place and h.key = t.office and h.user_id = u.id
    where c.state = 'in_progress' order by c.number limit 1`))
  return rows[0]
}

// Nothing is issued here: each page before a final act is left by its way back, and what was typed comes along.
journey('what cannot be taken back asks first', async (j) => {
  const { rows: [ready] } = await withDatabases((db) => db.query(`
    select c.id from cases.cases c join org.centres ce on ce.id = c.centre_id and ce.code = '01'
    where c.state = 'decided' and not exists (select from cases.stages s where s.case_id = c.id and s.state in ('active', 'waiting') and s.authority_id is not null)
    order by c.number limit 1`))
  await signInAs(j, 'admin1.orlopil')
  await j.open('a case whose result is there', `${inside}/cases/${ready.id}`)
  await j.step('asked whether it was handed over', async (page) => {
    await page.getByLabel('Текст', { exact: true }).fill('Недописана нотатка')
    await page.getByRole('button', { name: 'Результат видано' }).click()
  })
  await j.step('back to the case', (page) => page.getByRole('button', { name: 'Не зараз, повернутися до справи' }).click())
  assert.equal(await j.page.getByLabel('Текст', { exact: true }).inputValue(), 'Недописана нотатка', 'the note came along')
  await firstCase(j, 'suspended, with the days that are left', 'state=suspended')
  assert.match(await j.page.locator('main').innerText(), /Зупинено|ще до зупинення/)
  await firstCase(j, 'issued', 'state=issued')
  await j.step('asked about the archive', (page) => page.getByRole('button', { name: 'Передати до архіву' }).click())
  await signOut(j)

  await signInAs(j, 'portal.admin')
  await j.open('users', `${inside}/users`)
  await j.step('a user', follow('a[href^="/users/"]:not([href*="groups"]):not([href*="proposals"]):not([href*="new"])'))
  await j.step('asked about blocking', follow('a[href$="/block"]'))
  await signOut(j)
})

journey('the rooms of heads', async (j) => {
  const { id, login } = await deciding()
  await signInAs(j, login)
  await j.open('a case for a decision', `${inside}/cases/${id}`)
  await j.step('a refusal without its ground', async (page) => {
    await page.getByText('Ухвалити рішення').click()
    await page.getByRole('radio', { name: 'Відмовити' }).check()
    await page.getByRole('button', { name: 'Зберегти рішення', exact: true }).click()
  }, { status: 422 })
  assert.ok(await j.page.getByRole('group', { name: 'Підстави для відмови' }).isVisible(), 'the form that failed stays open')
  await j.page.getByRole('radio', { name: 'Надати послугу' }).check() // without a text, which would be kept as a draft
  const answered = j.page.context().waitForEvent('response', (r) => r.url().includes('/decision'))
  await j.page.getByRole('button', { name: 'Переглянути документ' }).first().click()
  const shown = await answered
  assert.equal(`${shown.status()} ${shown.headers()['content-type']}`, '200 application/pdf', 'the document opens in a tab of its own')
  assert.equal(await j.page.locator('form[data-portal-drafts] [aria-disabled=true]').count(), 0, 'the form can still be sent')
  await j.open('texts of decisions', `${inside}/decisions`)
  await j.step('a template', follow('a[href$="/every/refused"]'))
  const sample = j.page.context().waitForEvent('response', (r) => r.request().method() === 'POST' && r.url().includes('/decisions/'))
  await j.page.getByRole('button', { name: 'Переглянути зразок' }).click()
  assert.equal((await sample).headers()['content-type'], 'application/pdf', 'the sample opens in a tab of its own')
  await j.step('a field that there is not', async (page) => {
    await page.locator('textarea[name=text]').fill('# РІШЕННЯ\n{прізвище}')
    await page.getByRole('button', { name: 'Зберегти шаблон' }).click()
  }, { status: 422 })
  await signOut(j)

  await signInAs(j, 'head.orlopil')
  await j.open('intake', `${inside}/intake`)
  await j.open('users of the centre', `${inside}/users`)
  await signOut(j)
})

journey('the rooms of services and organisations', async (j) => {
  await signInAs(j, 'head.ecology')
  await j.open('no service found', `${inside}/services?q=немаєтакої`)
  await j.open('service found', `${inside}/services?q=${service}`)
  await j.step('service', follow('th a[href^="/services/"]'))
  const home = j.page.url()
  await j.step('edit the service', follow('a[href$="/edit"]'))
  await j.open('service again', home)
  await j.step('draft of the card', follow('a[href*="/cards/"]'))
  await j.step('as the citizen sees it', follow('a[href$="/preview"]'))
  await j.page.goBack()
  await j.step('edit the draft', follow('a[href*="/cards/"][href$="/edit"]'))
  await j.step('a draft without its date', async (page) => {
    for (const part of ['Рік', 'Місяць', 'День']) await page.getByLabel(part).first().fill('')
    await page.locator('.portal-sticky-buttons button').first().click()
  }, { status: 422 })
  await j.open('service for its stages', home)
  await j.step('technological card', follow('a[href*="/tech-cards/"]'))
  await signOut(j)

  await signInAs(j, 'manager.region')
  await j.open('organisations', `${inside}/organisations?q=Орлопіль`)
  await j.step('centre', follow('a[href^="/organisations/centres/"]:not([href$="/new"])'))
  await j.step('edit the centre', follow('a[href$="/edit"]'))
  await j.open('a new authority', `${inside}/organisations/authorities/new`)
  await signOut(j)
})

journey('the rooms of the administrator', async (j) => {
  await signInAs(j, 'portal.admin')
  await j.open('users', `${inside}/users`)
  await j.step('user', follow('th a[href^="/users/"]'))
  await j.open('a new user', `${inside}/users/new`)
  await j.step('a new user without a name', (page) => page.locator('main form button').click(), { status: 422 })
  await j.open('groups', `${inside}/users/groups`)
  await j.step('a group and its rights', follow('a[href="/users/groups/officer"]'))
  await j.open('a new group', `${inside}/users/groups/new`)
  await j.step('a new group without a name', (page) => page.locator('main form button').click(), { status: 422 })
  await j.open('what waits for a second person', `${inside}/users/proposals`)
  await signOut(j)
})

journey('a form that comes after the session', async (j) => {
  await signInAs(j, 'head.ecology')
  await j.open('service', `${inside}/services?q=${service}`)
  await j.step('its page', follow('th a[href^="/services/"]'))
  await j.step('its form', follow('a[href$="/edit"]'))
  const form = j.page.url()
  const name = await j.page.locator('textarea[name="name.uk"]').inputValue()
  await j.page.locator('textarea[name="name.uk"]').fill(`${name}, змінено`)
  await withDatabases((db) => db.query(`update access.sessions set seen_at = seen_at - interval '1 day'
    where user_id = (select id from access.users where login = 'head.ecology')`))
  await j.step('the session ended meanwhile', (page) => page.locator('main form button').last().click(), { status: 401 })
  await j.step('signed in again', (page) => fillSignIn(page, 'head.ecology'))
  assert.ok((await j.page.locator('form[action*="/edit?"] input[type=hidden]').evaluateAll((all) => all.map((i) => i.value))).includes(`${name}, змінено`))
  await j.step('back at the form', (page) => page.getByRole('link', { name: 'Не зберігати' }).click())
  assert.equal(j.page.url().split('?')[0], form)
  await signOut(j)
})

journey('staff pages in English', async (j) => {
  await signInAs(j, 'officer2.social')
  try {
    for (const [name, path] of [['home', '/'], ['services', '/services?q=субсидія'], ['account', '/account']]) {
      const page = await j.open(name, `${inside}${path}${path.includes('?') ? '&' : '?'}lang=en`)
      assert.equal(await page.getAttribute('html', 'lang'), 'en')
    }
    await firstCase(j, 'any', 'state=all')
    assert.match(await j.page.title(), /^Case /)
    await j.step('card', follow('a[href*="/cards/"]'))
  } finally {
    await j.page.goto(`${inside}/?lang=uk`) // the language is kept with the account
  }
  await j.check('home in Ukrainian')
  await signOut(j)
})

journey('staff pages without scripts', async (j) => {
  await signInAs(j, 'head.ecology')
  await firstCase(j, 'any', 'state=all')
  await j.open('service', `${inside}/services?q=${service}`)
  await j.step('its page', follow('th a[href^="/services/"]'))
  await j.step('its card', follow('a[href*="/cards/"]'))
  await j.step('its form', follow('a[href*="/cards/"][href$="/edit"]'))
  await signOut(j)
}, { javaScript: false })

// The head of a centre narrows a journal, takes it away as it is shown, prints it, and opens a total.
journey('the journals of a centre', async (j) => {
  await signInAs(j, 'head.orlopil')
  await j.open('applications', `${inside}/journals`)
  await j.step('narrowed to those that are closed', async (page) => {
    await page.getByLabel('Стан', { exact: true }).selectOption('closed')
    await page.getByRole('button', { name: 'Знайти', exact: true }).click()
  })
  const shown = await j.page.locator('main table tbody tr').count()
  assert.ok(shown > 3, `${shown} entries of the journal are shown`)
  const told = Number((await j.page.getByText(/^Знайдено \d+ запис/).first().innerText()).match(/\d+/)[0])
  const csv = await (await j.page.context().request.get(await j.page.getByRole('link', { name: 'CSV', exact: true }).evaluate((a) => a.href))).text()
  assert.equal(csv.trim().split('\r\n').length - 1, told, 'the table has other lines than the page counts')
  const headings = await j.page.locator('main table thead th').allInnerTexts()
  assert.equal(csv.slice(1).split('\r\n')[0], headings.join(';'), 'the table has other columns than the page')
  const book = await j.page.context().request.get(await j.page.getByRole('link', { name: 'XLSX', exact: true }).evaluate((a) => a.href))
  assert.equal((await book.body()).subarray(0, 2).toString(), 'PK')
  const print = await j.page.context().request.get(await j.page.getByRole('link', { name: 'Друк (PDF)' }).evaluate((a) => a.href))
  assert.equal(print.headers()['content-type'], 'application/pdf')
  assert.equal((await print.body()).subarray(0, 5).toString(), '%PDF-')
  await j.step('results handed over', (page) => page.getByRole('link', { name: 'Видача результатів', exact: true }).click())
  await j.step('a remark is begun', (page) => page.getByRole('link', { name: /^Додати примітку/ }).first().click())
  await j.step('an empty one is refused', (page) => page.getByRole('button', { name: 'Додати примітку', exact: true }).click(), { status: 422 })
  await j.open('the journal again', `${inside}/journals/issued`)
  await j.step('the case of an entry', (page) => page.locator('main tbody a[href^="/cases/"]').first().click())
  const yearAgo = new Date(Date.now() - 365 * 24 * 3600 * 1000).toISOString().slice(0, 10)
  await j.open('totals by service', `${inside}/journals/counts?by=service&from=${yearAgo}`)
  const number = j.page.locator('main tbody td a').first()
  const counted = (await number.innerText()).trim()
  await j.step('the entries behind a number', () => number.click())
  assert.match(await j.page.locator('main').innerText(), new RegExp(`Знайдено ${counted} запис`), `the list is not ${counted} long`)
  for (const [name, path] of [['how long cases take', `/statistics?from=${yearAgo}&compare=before`], ['who takes how long', `/statistics/parties?from=${yearAgo}`]]) {
    await j.open(name, inside + path)
    const figure = j.page.locator('main tbody td a').first()
    const found = (await figure.innerText()).trim()
    await j.step(`the list behind a figure of ${name}`, () => figure.click())
    assert.match(await j.page.locator('main').innerText(), new RegExp(`Знайдено ${found} `), `the list is not ${found} long`)
  }
  await signOut(j)
})
