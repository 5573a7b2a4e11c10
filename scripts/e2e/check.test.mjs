// Papers are checked before a visit: from the page of a service to what the centre says of each, on a phone's width and a desktop's
// (portal.mjs checks both), in both languages; and the answer stands in the cabinet too.
import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import { journey, letterTo, portal, reloadUntil } from './portal.mjs'
import { traces, withDatabases } from './nodes.mjs'
import { pdf } from './files.mjs'

const inside = portal.internal_site
const outside = portal.external_site
const password = (login) => portal.sign_ins.find((s) => s.login === login).password
const press = (name) => (page) => page.getByRole('button', { name, exact: true }).first().click()

journey('papers are checked before a visit', async (j) => {
  const secretWord = `canary${randomBytes(12).toString('hex')}`
  const address = `checked${randomBytes(6).toString('hex')}@example.com`
  const scan = (name) => ({ name, mimeType: 'application/pdf', buffer: pdf(secretWord) })
  await j.open('a service', `${outside}/services/01-04~01`)
  await j.step('the form', (page) => page.getByRole('link', { name: 'Перевірити документи перед візитом' }).click())
  await j.step('an empty one is refused', press('Далі'), { status: 422 })
  await j.step('without a paper', async (page) => {
    await page.getByLabel(/ЦНАП міста Орлополя/).check()
    await page.getByLabel('Як до вас звертатися').fill(secretWord)
    await page.getByLabel(/^Електронна пошта/).fill(address)
    await page.getByLabel('Пояснення').fill(secretWord)
    await press('Далі')(page)
  }, { status: 422 })
  assert.match(await j.page.locator('.govuk-error-summary').innerText(), /хоча б один документ/)
  await j.step('what is sent', async (page) => {
    await page.locator('input[type=file]').nth(0).setInputFiles(scan('passport.pdf'))
    await page.locator('input[type=file]').nth(1).setInputFiles(scan('letter.pdf'))
    await press('Далі')(page)
  })
  await j.step('without consent', press('Надіслати на перевірку'), { status: 422 })
  await j.step('receipt', async (page) => {
    await page.getByRole('checkbox').check()
    await press('Надіслати на перевірку')(page)
  })
  const receipt = await j.page.locator('main').innerText()
  const number = receipt.match(/R-\d{4}-\d{4}-\d{4}/)[0]
  await j.step('state', press('Дізнатися, чи перевірено'))
  await reloadUntil(j, 'Чекає на перевірку')
  await j.check('registered')
  const state = j.page.url()

  // The centre looks at each paper.
  await j.open('sign in', `${inside}/sign-in`)
  await j.step('signed in', async (page) => {
    await page.getByLabel('Логін').fill('admin1.orlopil')
    await page.getByLabel('Пароль').fill(password('admin1.orlopil'))
    await page.getByRole('button', { name: 'Увійти' }).click()
  })
  await j.open('checks', `${inside}/checks?q=${number}`)
  await j.step('the papers', (page) => page.locator('main table a').first().click())
  assert.match(await j.page.locator('main').innerText(), new RegExp(secretWord))
  await j.step('half an answer is refused', async (page) => {
    await page.getByLabel('придатний').first().check()
    await page.getByLabel('треба виправити').nth(1).check()
    await press('Надіслати відповідь')(page)
  }, { status: 422 })
  await j.step('answered', async (page) => {
    await page.getByLabel('Що виправити в документі 2').fill(`Немає підпису ${secretWord}`)
    await page.getByLabel('Що взяти на візит і що зробити').fill(`Візьміть оригінал паспорта. ${secretWord}`)
    await press('Надіслати відповідь')(page)
  })

  // Whoever sent them is told by a letter that says nothing of the papers, which staff see, and reads it.
  const letter = await letterTo(address)
  assert.ok(letter.includes('/track?number=') && !letter.includes(secretWord) && !letter.includes('passport'), letter)
  await reloadUntil(j, 'надіслано електронною поштою')
  await j.check('told')
  await j.page.goto(state)
  await reloadUntil(j, 'Немає підпису')
  await j.check('answer')
  const said = await j.page.locator('main').innerText()
  for (const words of [/придатний/i, /треба виправити/i, /Візьміть оригінал паспорта/, /passport\.pdf/, /центр видалить після/]) assert.match(said, words)
  await withDatabases(async (_, db) => assert.deepEqual(await traces(secretWord, db), []))
})

journey('papers to check in English', async (j) => {
  await j.open('the form', `${outside}/check/01-04~01`)
  await j.step('without a contact', async (page) => {
    await page.getByLabel(/Orlopil/).first().check()
    await page.getByLabel('How to address you').fill('Mary')
    await page.locator('input[type=file]').first().setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer: pdf('Mary') })
    await press('Continue')(page)
  }, { status: 422 })
  await j.step('what is sent', async (page) => {
    await page.getByLabel('Phone').fill('067 123 45 67')
    await press('Continue')(page)
  })
  await j.step('discarded', async (page) => {
    await page.getByText('Stop here or delete what you entered').click()
    await press('Delete what I entered')(page)
  })
}, { language: 'en' })
