// What is missing in an application is asked for and answered: an official lets the case stand and names a document and an answer,
// the applicant sends both from the page of its state, and the clock runs again. Later the decision is corrected, which the applicant
// reads; and another application is taken back, without scripts, and ended by a clerk.
import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import { journey, main, portal, reloadUntil } from './portal.mjs'
import { traces, withDatabases } from './nodes.mjs'
import { pdf } from './files.mjs'
import { applicant, contacts, voter } from './voter.mjs'

const inside = portal.internal_site
const outside = portal.external_site
const password = (login) => portal.sign_ins.find((s) => s.login === login).password
const press = (name) => (page) => page.getByRole('button', { name, exact: true }).first().click()

async function as(j, login) {
  await j.context.clearCookies()
  await j.open(`the sign-in of ${login}`, `${inside}/sign-in`)
  await j.step(`${login} is in`, async (page) => {
    await page.getByLabel('Логін').fill(login)
    await page.getByLabel('Пароль').fill(password(login))
    await page.getByRole('button', { name: 'Увійти' }).click()
  })
}

/** Applies for a voter's certificate and waits until it is registered. Returns numbers and code. */
async function apply(j, surname) {
  await j.open('a service', `${outside}/services/01-04~01`)
  await j.step('apply', press('Подати заяву онлайн'))
  await j.step('applicant', press('Почати'))
  await j.step('contacts', applicant(surname))
  await j.step('the voter', contacts)
  await j.step('documents', voter)
  await j.step('check your answers', async (page) => {
    await page.locator('input[type=file]').setInputFiles({ name: 'passport.pdf', mimeType: 'application/pdf', buffer: pdf(`passport ${surname}`) })
    await press('Далі')(page)
    await page.waitForURL(/\/check\b/)
  })
  await j.step('receipt', async (page) => {
    await page.getByRole('checkbox').check()
    await press('Подати заяву')(page)
  })
  const receipt = await main(j)
  const number = receipt.match(/R-\d{4}-\d{4}-\d{4}/)[0]
  const code = receipt.match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}-[0-9A-Z]{5}/)[0]
  await follow(j, number, code)
  await reloadUntil(j, '01-2026-')
  await j.check('registered')
  return { number, code, caseNumber: (await main(j)).match(/01-2026-\d{6}/)[0] }
}

/** Opens the page of the state. Who has signed in inside is kept by the other site's cookies, which go when somebody signs in. */
async function follow(j, number, code) {
  await j.open('track', `${outside}/track`)
  await j.step('state of the application', async (page) => {
    await page.getByLabel(/^Номер/).fill(number)
    await page.getByLabel(/код/i).first().fill(code)
    await page.locator('main form button').first().click()
  })
}

/** Finds the case as one of the staff and opens it; returns its address. */
async function openCase(j, { number, caseNumber }) {
  await j.open('cases', `${inside}/cases?q=${number}`)
  await j.step('the case', (page) => page.getByRole('link', { name: caseNumber, exact: true }).click())
  return j.page.url()
}

/** The page of the state says the words in both languages. */
async function reads(j, name, uk, en) {
  await j.open(`${name}, in English`, `${outside}/track/status?lang=en`)
  for (const words of en) assert.ok((await main(j)).includes(words), words)
  await j.open(name, `${outside}/track/status?lang=uk`)
  for (const words of uk) assert.ok((await main(j)).includes(words), words)
}

/** Opens a part of the page of a case that is folded, and fills it in. */
const unfold = (page, summary) => page.locator('summary').filter({ hasText: summary }).click()

journey('what is missing is asked for and answered', async (j) => {
  const secretWord = `canary${randomBytes(12).toString('hex')}`
  const application = await apply(j, secretWord)

  await as(j, 'admin1.orlopil')
  const casePage = await openCase(j, application)
  await j.step('taken up', press('Взяти в роботу'))
  await j.step('first stage finished', press('Завершити етап'))
  await j.step('handed over', press('Завершити етап'))

  await as(j, 'officer1.voters')
  await j.open('the case for the authority', casePage)
  await j.step('asked without a day', async (page) => {
    await unfold(page, 'Зупинити розгляд')
    await page.getByLabel('Причина зупинення').fill(`Копія паспорта нечитабельна, ${secretWord}.`)
    await page.getByRole('group', { name: 'Яких документів бракує' }).getByRole('checkbox', { name: 'Документ, що посвідчує особу' }).check()
    await page.getByRole('group', { name: 'Які відповіді виправити' }).getByRole('checkbox', { name: 'Ваша виборча адреса' }).check()
    await press('Зупинити')(page)
  }, { status: 422 })
  await j.step('asked', async (page) => {
    const until = new Date(Date.now() + 14 * 24 * 3600_000)
    const day = page.getByRole('group', { name: 'До якого дня чекати' })
    await day.getByLabel('День').fill(String(until.getDate()))
    await day.getByLabel('Місяць').fill(String(until.getMonth() + 1))
    await day.getByLabel('Рік').fill(String(until.getFullYear()))
    await press('Зупинити')(page)
  })
  assert.match(await main(j), /Що просили в заявника/)

  // The applicant reads it above all the rest and answers.
  await follow(j, application.number, application.code)
  await reloadUntil(j, 'Що від вас потрібно')
  await reads(j, 'what is asked', [secretWord, 'Ваша виборча адреса', 'вул. Тестова, 1', 'включно'], ['What is needed from you', secretWord, 'вул. Тестова, 1'])
  const above = await j.page.locator('main').evaluate((all) => all.innerText.indexOf('Що від вас потрібно') < all.innerText.indexOf('Коротко'))
  assert.ok(above, 'what is asked stands above the facts')
  await j.step('the reply', (page) => page.getByRole('button', { name: 'Відповісти й додати документи' }).click())
  const reply = j.page.url()
  await j.step('an empty reply is refused', press('Надіслати'), { status: 422 })
  await j.open('the reply in English', `${reply}?lang=en`)
  await j.open('the reply again', `${reply}?lang=uk`)
  await j.step('the file is added', async (page) => {
    await page.getByLabel('Ваша виборча адреса').fill(`вул. Нова, 2, ${secretWord}`)
    await page.locator('input[type=file]').first().setInputFiles({ name: 'passport-2.pdf', mimeType: 'application/pdf', buffer: pdf(`second passport ${secretWord}`) })
    await press('Додати вибрані файли')(page)
  })
  assert.match(await main(j), /passport-2\.pdf/)
  await j.step('sent', press('Надіслати'))
  assert.match(await j.page.locator('body').innerText(), /Відповідь надіслано/)
  await reloadUntil(j, 'долучено до справи')
  await reloadUntil(j, 'Розглядають') // the clock runs once the site has taken over what the worker received
  await reads(j, 'received', ['долучено до справи', 'Розглядають'], ['added to the case'])
  assert.doesNotMatch(await main(j), /Що від вас потрібно/)

  // Whoever asked is rung and finds what changed; the clock runs.
  await as(j, 'officer1.voters')
  await j.open('the bell', `${inside}/notices`)
  await j.step('the case that was answered', (page) => page.locator(`main a[href^="${new URL(casePage).pathname}"]`).first().click())
  const seen = await main(j)
  for (const words of ['Відповіді заявника', `вул. Нова, 2, ${secretWord}`, 'passport-2.pdf', 'Розгляд поновлено']) assert.ok(seen.includes(words), words)
  assert.equal((await j.page.locator('main del').first().innerText()).trim(), 'вул. Тестова, 1')
  assert.doesNotMatch(seen, /Що просили в заявника/)
  await j.step('searched', press('Завершити етап'))

  // It is decided, and the decision is corrected before anything is handed over.
  await as(j, 'head.voters')
  await j.open('the case for the decision', casePage)
  await j.step('decided', async (page) => {
    await unfold(page, 'Ухвалити рішення')
    await page.getByRole('radio', { name: 'Надати послугу' }).check()
    await press('Зберегти рішення')(page)
  })
  await j.step('corrected', async (page) => {
    await unfold(page, 'Виправити рішення')
    await page.getByLabel('Нове мотивування').fill(`Довідку надано за адресою вул. Нова, 2, ${secretWord}.`)
    await page.getByLabel('Що й чому виправлено').fill(`Виправлено описку в адресі, ${secretWord}.`)
    await press('Зберегти виправлене рішення')(page)
  })
  await follow(j, application.number, application.code)
  await reloadUntil(j, 'Виправлено описку в адресі')
  await reads(j, 'the decision is corrected', ['Виправлено описку в адресі', 'за адресою вул. Нова, 2'], ['Виправлено описку в адресі'])

  // Of all that was asked, answered and decided, the external node keeps nothing readable.
  await withDatabases(async (_, db) => assert.deepEqual(await traces(secretWord, db), []))
})

journey('an application is taken back', async (j) => {
  const secretWord = `canary${randomBytes(12).toString('hex')}`
  const application = await apply(j, secretWord)
  await j.step('taking back', (page) => page.getByRole('link', { name: 'Відкликати заяву' }).click())
  const page = new URL(j.page.url()).pathname
  await j.open('taking back, in English', `${outside}${page}?lang=en`)
  await j.open('taking back, again', `${outside}${page}?lang=uk`)
  await j.step('not without being sure', async (page) => {
    await page.getByLabel(/^Чому ви відкликаєте заяву/).fill(`Знайшла стару довідку, ${secretWord}`)
    await press('Відкликати заяву')(page)
  }, { status: 422 })
  assert.ok(await j.page.locator('.govuk-error-summary a').first().isVisible())
  assert.match(await j.page.getByLabel(/^Чому ви відкликаєте заяву/).inputValue(), new RegExp(secretWord))
  await j.step('taken back', async (page) => {
    await page.getByRole('checkbox').check()
    await press('Відкликати заяву')(page)
  })
  await reloadUntil(j, 'долучено до справи')
  await j.check('heard')

  await as(j, 'admin1.orlopil')
  await openCase(j, application)
  assert.match(await main(j), new RegExp(`Відкликання заяви[\\s\\S]*${secretWord}`))
  await j.step('ended inside', async (page) => {
    await unfold(page, 'Заявник відкликав заяву')
    await press('Припинити розгляд')(page)
  })

  await follow(j, application.number, application.code)
  await reloadUntil(j, 'Відкликано')
  await reads(j, 'ended', ['Відкликано', 'Ви відкликали заяву'], ['Withdrawn'])
  assert.equal(await j.page.getByRole('link', { name: 'Відкликати заяву' }).count(), 0)
  assert.doesNotMatch(await main(j), /не пізніше ніж/)
  await withDatabases(async (_, db) => assert.deepEqual(await traces(secretWord, db), []))
}, { javaScript: false })
