// A request to an authority: a clerk asks for a document, an official of the authority answers with it and sees nothing else of
// the case, and the clerk finds the document at the case. Then the work goes back to an earlier stage.
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
    await choice.selectOption({ label: (await choice.locator('option').allInnerTexts()).find((text) => /архітектур/i.test(text)) })
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
