// What cannot be registered by itself waits for staff; whatever they decide, whoever sent it reads on the page of its state
// what became of it, in both languages.
import { strict as assert } from 'node:assert'
import { pdf } from './files.mjs'
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

// A person finishes at the counter what could not be registered by itself; what the applicant sent is not asked for again.
journey('files that came with an application are taken over at the counter', async (j) => {
  await j.open('service outside', `${outside}/services/01-04~01`)
  await j.step('apply', press('Подати заяву онлайн'))
  await j.step('applicant', press('Почати'))
  await j.step('contacts', async (page) => {
    await page.getByLabel('Прізвище', { exact: true }).fill('Ґедзь')
    await page.getByLabel('Ім’я', { exact: true }).fill('Мар’яна')
    await page.getByRole('radio', { name: /РНОКПП \(податковим/ }).check()
    await page.getByRole('textbox', { name: 'РНОКПП' }).fill('1234567899')
    await press('Далі')(page)
  })
  await j.step('where', async (page) => {
    await page.getByLabel(/^Електронна пошта/).fill('voter@example.com')
    await page.getByLabel('Поштова адреса').fill('вул. Тестова, 1')
    await page.getByRole('radio', { name: /ЦНАП міста Орлополя/ }).check()
    await press('Далі')(page)
  })
  await j.step('the voter', async (page) => {
    await page.getByLabel('День').fill('5')
    await page.getByLabel('Місяць').fill('6')
    await page.getByLabel('Рік').fill('1987')
    await page.getByLabel('Місце народження').fill('Орлополь')
    await page.getByLabel('Ваша виборча адреса').fill('вул. Тестова, 1')
    await press('Далі')(page)
  })
  await j.step('check your answers', async (page) => {
    const files = [['passport.pdf', pdf('passport')], ['page.docx', Buffer.from('PK\x03\x04 but no document')]]
    await page.locator('input[type=file]').setInputFiles(files.map(([name, buffer]) => ({ name, mimeType: 'application/octet-stream', buffer })))
    await press('Далі')(page)
    await page.waitForURL(/\/check\b/)
  })
  await j.step('receipt', async (page) => {
    await page.getByRole('checkbox').check()
    await press('Подати заяву')(page)
  })
  const number = (await main(j)).match(/R-\d{4}-\d{4}-\d{4}/)[0]

  await j.open('sign in as a clerk', `${inside}/sign-in`)
  await j.step('the clerk has signed in', async (page) => {
    await page.getByLabel('Логін').fill('admin1.orlopil')
    await page.getByLabel('Пароль').fill(password('admin1.orlopil'))
    await page.getByRole('button', { name: 'Увійти' }).click()
  })
  await j.open('queue of the clerk', `${inside}/intake?q=${number}`)
  await reloadUntil(j, number)
  await j.step('entry of the application', (page) => page.locator('main a').filter({ hasText: number }).first().click())
  await j.step('taken over', (page) => page.getByRole('button', { name: 'Прийняти заяву' }).click())
  await j.step('visit', press('Почати прийом'))
  await reloadUntil(j, 'Файл не перейде до справи') // only on a machine that is slower than the clerk is patient
  await j.check('files that were sent')
  const file = j.page.getByRole('link', { name: 'passport.pdf' })
  assert.equal((await j.page.request.get(inside + await file.getAttribute('href'))).status(), 200)
  await j.step('registered', press('Зареєструвати'))
  assert.match(await main(j), /надіслано через портал/)
  await j.step('the case', press('Відкрити справу'))
  const said = await main(j)
  assert.match(said, /passport\.pdf/)
  assert.doesNotMatch(said, /page\.docx/)
})
