// A request to an authority: a clerk asks for a document, an official of the authority answers with it and sees nothing else of
// the case, and the clerk finds the document at the case. An official is asked for an opinion by a colleague, who takes the question
// back, asks anew, and hears of the answer.
import { strict as assert } from 'node:assert'
import { journey, main, portal } from './portal.mjs'
import { pdf } from './files.mjs'

const inside = portal.internal_site
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

journey('an authority is asked and answers', async (j) => {
  await as(j, 'admin1.orlopil')
  await j.open('cases in work', `${inside}/cases?state=in_progress`)
  await j.step('a case', (page) => page.locator('main table a[href^="/cases/"]').first().click())
  const address = new URL(j.page.url()).pathname
  const applicant = (await j.page.locator('dt', { hasText: /^\s*(Прізвище, ім’я|Повне ім’я|Заявник)/ }).first().locator('xpath=following-sibling::dd[1]').innerText()).split(/\s/)[0]
  await j.step('the form of a request', (page) => page.getByRole('link', { name: 'Надіслати міжвідомчий запит' }).click())
  await j.step('an empty one is refused', async (page) => {
    await page.getByLabel('Що саме потрібно').fill('Довідка про склад сім’ї')
    await press('Надіслати запит')(page)
  }, { status: 422 })
  assert.equal(await j.page.getByLabel('Що саме потрібно').inputValue(), 'Довідка про склад сім’ї')
  await j.step('asked', async (page) => {
    const choice = page.getByLabel('Кого запитують')
    await choice.selectOption({ label: (await choice.locator('option').allInnerTexts()).find((text) => text.startsWith('Управління розвитку інфраструктури')) })
    await page.getByLabel('Строк відповіді, днів').fill('3')
    await page.getByRole('checkbox', { name: 'Послуга', exact: true }).check()
    await press('Надіслати запит')(page)
  })
  const request = new URL(j.page.url()).pathname
  assert.match(await main(j), /чекає на відповідь/)

  await as(j, 'officer1.architecture')
  await j.open('what we are asked', `${inside}/requests?side=in`)
  await j.step('the request', (page) => page.locator(`main a[href="${request}"]`).click())
  assert.ok(!(await main(j)).includes(applicant), `the request tells the applicant: ${applicant}`)
  assert.equal(await j.page.locator(`main a[href="${address}"]`).count(), 0)
  await j.step('answered', async (page) => {
    await page.getByRole('textbox', { name: 'Відповідь', exact: true }).fill('Довідку додано.')
    await page.locator('input[type=file]').setInputFiles({ name: 'довідка.pdf', mimeType: 'application/pdf', buffer: pdf('довідка') })
    await press('Надіслати відповідь')(page)
  })
  assert.match(await main(j), /відповідь надано/)

  await as(j, 'admin1.orlopil')
  await j.open('the bell', `${inside}/notices`)
  await j.step('the answer', (page) => page.locator(`main a[href="${request}"]`).click())
  await j.open('the case', inside + address)
  assert.match(await main(j), /довідка\.pdf/)
})

journey('a colleague is asked for an opinion', async (j) => {
  const question = 'Чи вистачить плану мереж'
  const surnames = { 'officer1.improvement': 'Прялка', 'officer2.improvement': 'Бруківник' }
  const officials = Object.keys(surnames)
  let address, asked
  for (const login of officials) { // the demo has a question of whichever of them has the case
    await as(j, login)
    await j.open(`what ${login} is asked`, `${inside}/cases?view=asked`)
    const link = j.page.locator('main table th a[href^="/cases/"]').first()
    if (await link.count() === 0) continue
    asked = login
    await j.step('the case', () => link.click())
    address = new URL(j.page.url()).pathname
    break
  }
  assert.ok(asked, 'nobody is asked for an opinion')
  assert.match(await main(j), new RegExp(`питає вашу думку[^]*${question}`))
  const asker = officials.find((login) => login !== asked)

  await as(j, asker)
  await j.open('the case of who asked', inside + address)
  await j.step('the question is taken back', async (page) => {
    await page.locator('summary', { hasText: 'Думка колеги вже не потрібна' }).click()
    await page.getByLabel('Чому (якщо треба пояснити)').fill('Плану вистачить.')
    await press('Зняти запитання')(page)
  })
  assert.doesNotMatch(await main(j), /питає думку/)
  await j.step('asked by name', async (page) => {
    await page.locator('summary', { hasText: 'Запитати думку колеги' }).click()
    const choice = page.getByLabel('Кого питаєте')
    const names = await choice.locator('option').allInnerTexts()
    await choice.selectOption({ label: names.find((name) => name.startsWith(surnames[asked])) })
    await page.getByLabel('Строк відповіді, робочих днів').fill('2')
    await page.getByLabel('Про що питаєте').fill('Чи бачили ви це місце?')
    await press('Запитати')(page)
  })

  await as(j, asked)
  await j.open('the bell of who is asked', `${inside}/notices`)
  assert.match(await main(j), /Вашої думки вже не потребують/)
  await j.open('what they are asked', `${inside}/cases?view=asked`)
  await j.step('the case again', (page) => page.locator(`main table th a[href^="${address}"]`).click())
  assert.match(await main(j), /Плану вистачить\./)
  await j.step('answered', async (page) => {
    await page.getByLabel('Текст', { exact: true }).fill('Бачив, усе відновлено.')
    await press('Додати висновок')(page)
  })

  await as(j, asker)
  await j.open('the bell of who asked', `${inside}/notices`)
  assert.match(await main(j), /Колега дав висновок, про який ви питали/)
})
