// A question to a centre, from the page of a service to the answer that only its code opens, on a phone's width and a
// desktop's (portal.mjs checks both), in both languages.
import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import { journey, letterTo, portal, reloadUntil } from './portal.mjs'
import { traces, withDatabases } from './nodes.mjs'
import { pdf } from './files.mjs'

const inside = portal.internal_site
const outside = portal.external_site
const password = (login) => portal.sign_ins.find((s) => s.login === login).password
const press = (name) => (page) => page.getByRole('button', { name, exact: true }).first().click()

/** The number and the code of the receipt. */
async function given(j) {
  const receipt = await j.page.locator('main').innerText()
  return {
    number: receipt.match(/R-\d{4}-\d{4}-\d{4}/)[0],
    code: receipt.match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}-[0-9A-Z]{5}/)[0],
  }
}

journey('a question is asked and answered', async (j) => {
  const secretWord = `canary${randomBytes(12).toString('hex')}`
  const address = `asked${randomBytes(6).toString('hex')}@example.com` // one address gets so many letters a day
  await j.open('a service', `${outside}/services/01-04~01`)
  await j.step('whom to ask', (page) => page.getByRole('link', { name: 'Поставити запитання про цю послугу' }).click())
  await j.step('the form', (page) => page.getByRole('link', { name: /ЦНАП міста Орлополя/ }).click())
  await j.step('an empty one is refused', press('Далі'), { status: 422 })
  assert.ok(await j.page.locator('.govuk-error-summary a').first().isVisible())
  await j.step('a file is added', async (page) => {
    await page.getByLabel(/^Коротко/).fill(`Довідка ${secretWord}`)
    await page.getByLabel('Запитання', { exact: true }).fill(`Чи можна отримати довідку за довіреністю?\n${secretWord}`)
    await page.getByLabel('Як до вас звертатися').fill(secretWord)
    await page.getByLabel(/^Електронна пошта/).fill(address)
    await page.locator('input[type=file]').setInputFiles({ name: 'letter.pdf', mimeType: 'application/pdf', buffer: pdf(secretWord) })
    await press('Додати вибрані файли')(page)
  })
  await j.step('check the question', press('Далі'))
  await j.step('without consent', press('Надіслати запитання'), { status: 422 })
  await j.step('receipt', async (page) => {
    await page.getByRole('checkbox').check()
    await press('Надіслати запитання')(page)
  })
  const { number, code } = await given(j)
  await j.step('state', press('Перевірити стан запитання'))
  await reloadUntil(j, 'Чекає на відповідь')
  await j.check('registered')
  const state = j.page.url()

  // The centre answers.
  await j.open('sign in', `${inside}/sign-in`)
  await j.step('signed in', async (page) => {
    await page.getByLabel('Логін').fill('admin1.orlopil')
    await page.getByLabel('Пароль').fill(password('admin1.orlopil'))
    await page.getByRole('button', { name: 'Увійти' }).click()
  })
  await j.open('questions', `${inside}/questions?q=${number}`)
  await j.step('the question', (page) => page.locator('main table a').first().click())
  assert.match(await j.page.locator('main').innerText(), new RegExp(secretWord))
  await j.step('answered', async (page) => {
    await page.getByLabel('Відповідь').fill(`Так, за нотаріальною довіреністю.\n${secretWord}`)
    await press('Надіслати відповідь')(page)
  })

  // Whoever asked is told by a letter that says nothing of the answer, which staff see, and reads it.
  const letter = await letterTo(address)
  assert.ok(letter.includes('/track?number=') && !letter.includes(secretWord) && !letter.includes('довіреністю'), letter)
  await reloadUntil(j, 'надіслано електронною поштою')
  await j.check('told')
  await j.page.goto(state)
  await reloadUntil(j, 'за нотаріальною довіреністю')
  await j.check('answer')
  assert.match(await j.page.locator('main').innerText(), new RegExp(secretWord))
  await j.step('closed', press('Закрити'))
  await j.step('opened again', async (page) => {
    await page.getByLabel(/^Номер/).fill(number)
    await page.getByLabel(/код/i).first().fill(code)
    await page.locator('main form button').first().click()
  })
  await withDatabases(async (_, db) => assert.deepEqual(await traces(secretWord, db), []))
})

journey('a question in English', async (j) => {
  await j.open('a centre', `${outside}/centres`)
  await j.step('the centre', (page) => page.locator('main a[href^="/centres/"]').first().click())
  await j.step('the form', (page) => page.getByRole('button', { name: 'Ask a question' }).click())
  await j.step('without a contact', async (page) => {
    await page.getByLabel(/^In short/).fill('Opening hours')
    await page.getByLabel('Your question', { exact: true }).fill('Are you open on the 24th?')
    await page.getByLabel('How to address you').fill('Mary')
    await press('Continue')(page)
  }, { status: 422 })
  await j.step('check your question', async (page) => {
    await page.getByLabel('Phone').fill('067 123 45 67')
    await press('Continue')(page)
  })
  await j.step('discarded', async (page) => {
    await page.getByText('Stop here or delete what you entered').click()
    await press('Delete what I entered')(page)
  })
}, { language: 'en' })

journey('a letter to an official', async (j) => {
  await j.open('the authority', `${outside}/authorities/architecture`) // what other journeys import has no officials
  const official = await j.page.locator('main a[href*="/officials/"]').first().innerText()
  await j.step('the official', (page) => page.getByRole('link', { name: official }).click())
  await j.step('the letter', (page) => page.getByRole('button', { name: 'Написати цій посадовій особі' }).click())
  assert.ok((await j.page.locator('main').innerText()).includes(official))
  await j.step('check the letter', async (page) => {
    await page.getByLabel(/^Коротко/).fill('Подяка')
    await page.getByLabel('Запитання', { exact: true }).fill('Дякую за швидку відповідь.')
    await page.getByLabel('Як до вас звертатися').fill('Олена')
    await page.getByLabel(/^Електронна пошта/).fill('olena@example.com')
    await press('Далі')(page)
  })
  assert.ok((await j.page.locator('main').innerText()).includes(official))
  await j.step('receipt', async (page) => {
    await page.getByRole('checkbox').check()
    await press('Надіслати запитання')(page)
  })
  const { number } = await given(j)
  assert.ok((await j.page.locator('main').innerText()).includes(official), 'the receipt does not name the official')
  await j.step('state', press('Перевірити стан запитання'))
  await reloadUntil(j, 'Чекає на відповідь')
  assert.ok((await j.page.locator('main').innerText()).includes(official), 'the state does not name the official')

  // The region's manager sees to whom it is written.
  await j.open('sign in', `${inside}/sign-in`)
  await j.step('signed in', async (page) => {
    await page.getByLabel('Логін').fill('manager.region')
    await page.getByLabel('Пароль').fill(password('manager.region'))
    await page.getByRole('button', { name: 'Увійти' }).click()
  })
  await j.open('questions', `${inside}/questions?q=${number}`)
  assert.ok((await j.page.locator('main table').innerText()).includes(official))
  await j.open('no letters of their own', `${inside}/questions?mine=1&state=all`)
})
