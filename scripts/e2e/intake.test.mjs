// What cannot be registered by itself waits for staff; whatever they decide, whoever sent it reads on the page of its state
// what became of it, in both languages.
import { strict as assert } from 'node:assert'
import { journey, main, portal, reloadUntil } from './portal.mjs'

const inside = portal.internal_site
const outside = portal.external_site
const password = (login) => portal.sign_ins.find((s) => s.login === login).password
const press = (name) => (page) => page.getByRole('button', { name, exact: true }).first().click()

/** Asks the centre a question with a document that is none, and opens the page of its state. */
async function ask(j, topic) {
  await j.open(`form: ${topic}`, `${outside}/ask/centres/01`)
  await j.step(`typed: ${topic}`, async (page) => {
    await page.getByLabel(/^Коротко/).fill(topic)
    await page.getByLabel('Запитання', { exact: true }).fill('Чи приймете документ у такому вигляді?')
    await page.getByLabel('Як до вас звертатися').fill('Мар’яна')
    await page.getByLabel(/^Електронна пошта/).fill('voter@example.com')
    await page.locator('input[type=file]').setInputFiles({
      name: 'letter.docx', mimeType: 'application/octet-stream', buffer: Buffer.from('PK\x03\x04 but no document'),
    })
    await press('Далі')(page)
    await page.waitForURL(/\/check\b/)
  })
  await j.step(`receipt: ${topic}`, async (page) => {
    await page.getByRole('checkbox').check()
    await press('Надіслати запитання')(page)
  })
  const number = (await main(j)).match(/R-\d{4}-\d{4}-\d{4}/)[0]
  await j.step(`state: ${topic}`, press('Перевірити стан запитання'))
  await reloadUntil(j, 'Розглядає працівник')
  await j.check(`held: ${topic}`)
  assert.match(await main(j), /Вміст одного з доданих файлів не відповідає його типу/)
  assert.match(await main(j), /телефон є у квитанції/)
  return number
}

/** Decides about the entry of the number on its page. */
async function decide(j, number, link, fill) {
  await j.open(`queue: ${link}`, `${inside}/intake?q=${number}`)
  await j.step(`entry: ${link}`, (page) => page.locator('main a').filter({ hasText: number }).first().click())
  await j.step(`asked: ${link}`, press(link))
  await j.step(`decided: ${link}`, fill)
}

/** The page of the state in both languages. */
async function reads(j, uk, en) {
  await j.open(`told: ${uk[0]}`, `${outside}/track/status?lang=uk`)
  await reloadUntil(j, uk[0])
  await j.check(`state: ${uk[0]}`)
  for (const words of uk) assert.ok((await main(j)).includes(words), words)
  await j.open(`told: ${en[0]}`, `${outside}/track/status?lang=en`)
  for (const words of en) assert.ok((await main(j)).includes(words), words)
  await j.page.goto(`${outside}/track/status?lang=uk`)
}

journey('what could not be registered ends in words', async (j) => {
  await j.open('sign in', `${inside}/sign-in`)
  await j.step('signed in', async (page) => {
    await page.getByLabel('Логін').fill('head.orlopil')
    await page.getByLabel('Пароль').fill(password('head.orlopil'))
    await page.getByRole('button', { name: 'Увійти' }).click()
  })

  const refused = await ask(j, 'Відмова')
  await decide(j, refused, 'Не приймати', async (page) => {
    await page.getByLabel('Що сказати заявникові', { exact: true }).fill('Документ не відкривається.\nНадішліть його як PDF.')
    await page.getByLabel(/^Те саме англійською/).fill('The document cannot be opened. Send it as a PDF.')
    await press('Не приймати заяву')(page)
  })
  await reads(j, ['Не прийнято', 'Причину сказано нижче', 'Надішліть його як PDF.', 'телефон є у квитанції'],
    ['Not accepted', 'The document cannot be opened. Send it as a PDF.', 'receipt'])

  const closed = await ask(j, 'Закриття')
  await decide(j, closed, 'Закрити, бо опрацьовано інакше', async (page) => {
    await page.getByLabel('Що зроблено', { exact: true }).fill('Зателефонували, документ принесуть.')
    await press('Закрити запис')(page)
  })
  await reads(j, ['Завершено', 'Звернення опрацьовано в інший спосіб', 'телефон є у квитанції'],
    ['dealt with in another way', 'receipt'])
})
