// Visitors at the counter: one who was never here, with a scan and a paper short, to the slip and the page that its code opens;
// one who was, by the keyboard alone, counted key by key; and one whose documents are refused.
import { strict as assert } from 'node:assert'
import { journey, portal } from './portal.mjs'
import { pdf } from './files.mjs'

const inside = portal.internal_site
const outside = portal.external_site
const password = (login) => portal.sign_ins.find((s) => s.login === login).password
const press = (name) => (page) => page.getByRole('button', { name, exact: true }).first().click()
const clerk = 'admin2.orlopil'
const visitor = { surname: 'Ґречний', name: 'Їван', tax: '3184710691' }

async function signIn (j) {
  await j.open('sign in', `${inside}/sign-in`)
  await j.step('signed in', async (page) => {
    await page.getByLabel('Логін').fill(clerk)
    await page.getByLabel('Пароль').fill(password(clerk))
    await page.getByRole('button', { name: 'Увійти' }).click()
  })
}

journey('a visitor is received at the counter', async (j) => {
  await signIn(j)
  await j.open('unfinished visits', `${inside}/counter`)
  await j.step('a new visitor', press('Новий відвідувач'))
  const visit = j.page.url()
  await j.step('nobody is known by that number', async (page) => {
    await page.getByLabel('Знайти відвідувача').fill(visitor.tax)
    await page.keyboard.press('Enter')
  })
  assert.equal(await j.page.getByLabel('РНОКПП', { exact: true }).inputValue(), visitor.tax)
  await j.step('the service is chosen by its code', async (page) => {
    await page.getByLabel('Прізвище').first().fill(visitor.surname)
    await page.getByLabel('Ім’я').first().fill(visitor.name)
    await page.getByLabel('Телефон').fill('067 123 45 67')
    await page.getByLabel('Послуга').fill('01-06/04')
    await page.keyboard.press('Enter')
  })
  await j.step('a scan belongs to its line, and the clerk is called away', async (page) => {
    await page.locator('input[type=file]').first().setInputFiles({ name: 'заява.pdf', mimeType: 'application/pdf', buffer: pdf('заява') })
    await press('Зберегти й відкласти')(page)
  })
  await j.open('unfinished visits', `${inside}/counter`)
  await j.step('the visitor is back', (page) => page.getByRole('link', { name: new RegExp(visitor.surname) }).first().click())
  assert.match(await j.page.locator('main').innerText(), /заява\.pdf/)
  await j.step('a required document is missing', async (page) => {
    await page.getByLabel('Як подано').nth(1).selectOption({ label: 'бракує' })
    await press('Зареєструвати')(page)
  }, { status: 422 })
  await j.step('it is accepted with a note', async (page) => {
    await page.getByLabel('Чому приймаєте неповний пакет').fill('Паспорт донесе завтра')
    await press('Зареєструвати')(page)
  })
  assert.equal(new URL(j.page.url()).pathname, `${new URL(visit).pathname}/papers`)
  const papers = await j.page.locator('main').innerText()
  const number = papers.match(/\d{2}-\d{4}-\d{6}/)[0]
  const code = papers.match(/([0-9A-Z]{4}[-\s]+){4}[0-9A-Z]{5}/)[0].replace(/\s+/g, '')
  assert.match(papers, /Паспорт донесе завтра/)
  await j.fitsPaper('two descriptions and the slip', { sheets: 3 })
  await j.step('the case', press('Відкрити справу'))
  assert.match(await j.page.locator('main').innerText(), new RegExp(visitor.surname))

  // The slip opens the case outside, as soon as it has come there.
  await j.open('follow', `${outside}/track?number=${number}`)
  const deadline = Date.now() + 300_000 // only ends what hangs
  for (;;) {
    await j.page.locator('[name=code]').fill(code)
    j.expect(422, 404)
    await j.page.getByRole('button', { name: 'Перевірити' }).first().click()
    await j.page.waitForLoadState()
    if (j.page.url().includes('/track/status')) break
    assert.ok(Date.now() < deadline, 'waited in vain for the case outside')
  }
  await j.check('the state of the case')
  assert.match(await j.page.locator('main').innerText(), new RegExp(number))
})

journey('a returning visitor is registered by the keyboard', async (j) => {
  await signIn(j)
  let keys = 0
  const key = async (name) => { keys++; await j.page.keyboard.press(name) }
  const type = async (text) => { keys += text.length; await j.page.keyboard.type(text) }
  const ready = () => j.page.waitForSelector('body.js-enabled')
  await j.step('F2', async () => { await ready(); await key('F2') })
  await j.step('F2 again', async () => { await ready(); await key('F2') })
  await j.step('the number', async () => { await ready(); await type(visitor.tax); await key('Enter') })
  await j.page.waitForSelector('[name=service_q]:focus')
  await j.step('the service', async () => { await type('01-06/04'); await key('Enter') })
  await j.page.waitForSelector('[name^="doc."]:focus')
  assert.match(await j.page.locator('main').innerText(), /уже звертався по цю послугу/)
  await j.step('registered', async () => { await ready(); await key('Control+Enter') })
  assert.match(await j.page.locator('main').innerText(), /Зареєстровано справу/)
  console.log(`a returning visitor: ${keys} keys, no mouse`)
  assert.ok(keys <= 25, `${keys} keys`)
})

journey('documents are refused at the counter', async (j) => {
  await signIn(j)
  await j.open('unfinished visits', `${inside}/counter`)
  await j.step('a new visitor', press('Новий відвідувач'))
  await j.step('others of that surname', async (page) => {
    await page.getByLabel('Знайти відвідувача').fill(visitor.surname)
    await page.keyboard.press('Enter')
  })
  assert.match(await j.page.getByRole('status').first().innerText(), new RegExp(`${visitor.surname}.*${visitor.tax}`, 's'))
  await j.step('the service', async (page) => {
    await page.getByLabel('Прізвище').first().fill('Без')
    await page.getByLabel('Послуга').fill('01-06/04')
    await page.keyboard.press('Enter')
  })
  await j.step('on a ground', async (page) => {
    await page.getByText('Відмовити в прийнятті').first().click()
    await page.getByLabel('Підстава з картки').selectOption({ index: 1 })
    await press('Відмовити в прийнятті')(page)
  })
  assert.match(await j.page.locator('main').innerText(), /У прийнятті документів відмовлено/)
  await j.fitsPaper('a refusal to accept', { sheets: 1 })
})
