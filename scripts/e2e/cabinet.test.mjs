// A citizen's cabinet: made from a receipt, gone on with on another device, opened with the recovery code, erased. What it
// keeps stands nowhere on the node while it is closed.
import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { journey, letterTo, main, portal, press, reloadUntil } from './portal.mjs'
import { appCode, plugIn } from './factors.mjs'
import { pdf } from './files.mjs'
import { traces, withDatabases } from './nodes.mjs'
import { applicant, contacts, voter } from './voter.mjs'

const outside = portal.external_site
const words = () => `кит ${randomBytes(3).toString('hex')} пливе ${randomBytes(3).toString('hex')}`

/** Fills in login and password twice and presses the button. */
const pair = (login, password, button) => async (page) => {
  await page.getByLabel('Логін').fill(login)
  await page.getByLabel('Новий пароль', { exact: true }).fill(password)
  await page.getByLabel('Новий пароль ще раз').fill(password)
  await press(button)(page)
}

/** Another device: a browser without any cookie. */
async function anotherDevice(j) {
  const context = await j.newContext({ viewport: { width: 1280, height: 900 }, locale: 'uk-UA', timezoneId: 'Europe/Kyiv' })
  context.setDefaultTimeout(120_000)
  j.page = await context.newPage()
  j.watch(j.page)
}

/** What the browser downloads when it does that. */
async function downloaded(j, act) {
  const [file] = await Promise.all([j.page.waitForEvent('download'), act(j.page)])
  return readFile(await file.path())
}

const shownCode = async (j) => (await main(j)).match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}-[0-9A-Z]{5}/)[0]

journey('a cabinet is made, used on two devices, recovered and erased', async (j) => {
  const canary = `canary${randomBytes(8).toString('hex')}`
  const login = `${canary}@ukr.example`
  const [first, second] = [words(), words()]

  // An application is begun before there is a cabinet.
  await j.open('a service', `${outside}/services/01-04~01`)
  await j.step('apply', press('Подати заяву онлайн'))
  await j.step('applicant', press('Почати'))
  await j.step('contacts', applicant(canary))

  // A question is asked, as something to follow.
  await j.open('the form of a question', `${outside}/services/01-04~01`)
  await j.step('whom to ask', (page) => page.getByRole('link', { name: 'Поставити запитання про цю послугу' }).click())
  await j.step('the form', (page) => page.getByRole('link', { name: /ЦНАП міста Орлополя/ }).click())
  await j.step('check the question', async (page) => {
    await page.getByLabel(/^Коротко/).fill('Довідка')
    await page.getByLabel('Запитання', { exact: true }).fill('Чи можна отримати довідку за довіреністю?')
    await page.getByLabel('Як до вас звертатися').fill('Олена')
    await page.getByLabel(/^Електронна пошта/).fill('voter@example.com')
    await press('Далі')(page)
  })
  await j.step('receipt', async (page) => {
    await page.getByRole('checkbox').check()
    await press('Надіслати запитання')(page)
  })
  const number = (await main(j)).match(/R-\d{4}-\d{4}-\d{4}/)[0]
  const code = await shownCode(j)

  // From the receipt into a cabinet that is yet to be made.
  await j.step('sign in first', press('Зберегти в кабінеті'))
  await j.step('register', (page) => page.getByRole('link', { name: 'Створити кабінет' }).click())
  await j.step('an easy password', pair(login, `${canary}2026`, 'Створити кабінет'), { status: 422 })
  await j.step('recovery code', pair(login, first, 'Створити кабінет'))
  const recovery = await shownCode(j)
  await j.step('what to call it', (page) => page.getByRole('button', { name: 'Код збережено, далі' }).click())
  await j.step('the list', async (page) => {
    await page.getByLabel('Як її назвати').fill(`Справа ${canary}`)
    await press('Зберегти')(page)
  })
  assert.match(await main(j), new RegExp(`Справа ${canary}`))

  // What was begun before the cabinet was made is taken into it …
  await j.step('taken into the cabinet', press('Взяти до кабінету'))
  assert.match(await main(j), /Почато і ще не подано/)
  assert.doesNotMatch(await main(j), /Почато в цьому браузері/)

  // … and gone on with on another device.
  await anotherDevice(j)
  await j.open('a cabinet that is closed', `${outside}/cabinet`)
  await j.step('sign in', (page) => page.getByRole('button', { name: 'Увійти' }).click())
  const enter = (password) => async (page) => {
    await page.getByLabel('Логін').fill(login)
    await page.getByLabel('Пароль', { exact: true }).fill(password)
    await press('Увійти')(page)
  }
  await j.step('a wrong password', enter(second), { status: 422 })
  await j.step('the list on another device', enter(first))
  assert.match(await main(j), /Ще не подано/)
  await j.step('the draft', (page) => page.getByRole('link', { name: /^Продовжити/ }).click())
  await j.step('its next page', (page) => page.getByRole('button', { name: 'Продовжити' }).first().click())
  await j.open('its first page', j.page.url().replace(/\/step\/[^?]+/, '/step/applicant'))
  assert.equal(await j.page.getByLabel('Прізвище', { exact: true }).inputValue(), canary)
  await j.step('the voter', press('Далі'))
  await j.step('documents', contacts)
  await j.step('the last page', voter)
  await j.step('check your answers', async (page) => {
    await page.locator('input[type=file]').setInputFiles({ name: 'passport.pdf', mimeType: 'application/pdf', buffer: pdf('passport of the cabinet') })
    await press('Далі')(page)
    await page.waitForURL(/\/check\b/)
  })
  await j.step('receipt of the application', async (page) => {
    await page.getByRole('checkbox', { name: /Я підтверджую/ }).check()
    await page.getByRole('checkbox', { name: /Зберегти дані заявника/ }).check()
    await press('Подати заяву')(page)
  })
  assert.match(await main(j), /Дані заявника збережено в кабінеті/)
  await j.step('to be kept', press('Зберегти в кабінеті'))
  await j.step('kept', press('Зберегти'))

  // The address for notices is proven by the letter that comes to it from inside; then notices are on.
  await j.open('notices', `${outside}/cabinet/told`)
  await reloadUntil(j, '01-2026-')
  const address = `${canary}@post.example`
  await j.step('nothing is chosen', async (page) => {
    await page.getByLabel('Адреса електронної пошти').fill(address)
    await press('Зберегти')(page)
  }, { status: 422 })
  await j.step('handed over', async (page) => {
    await page.getByRole('checkbox', { name: /^Результат готовий/ }).check()
    await page.getByRole('radio', { name: 'Не надсилати з 22:00 до 7:00' }).check()
    await press('Зберегти')(page)
  })
  await reloadUntil(j, 'надіслано лист із кодом')
  const letter = await letterTo(address)
  const proof = letter.match(/[A-Z2-7]{4}-[A-Z2-7]{4}/)[0]
  await j.step('another code', async (page) => {
    await page.getByLabel('Код із листа').fill('AAAA-AAAA')
    await press('Підтвердити адресу')(page)
  })
  await reloadUntil(j, 'не підійшов')
  await j.step('the code', async (page) => {
    await page.getByLabel('Код із листа').fill(proof.toLowerCase())
    await press('Підтвердити адресу')(page)
  })
  await reloadUntil(j, 'увімкнено')
  await j.check('notices are on')

  // A document is kept, renewed and read again.
  await j.open('my documents', `${outside}/cabinet/documents`)
  await j.step('no file is chosen', press('Додати'), { status: 422 })
  await j.step('kept', async (page) => {
    await page.getByLabel('Назва документа').fill(`Довідка ${canary}`)
    await page.getByRole('radio', { name: 'Доходи й робота' }).check()
    await page.getByLabel('Файл').setInputFiles({ name: `${canary}.pdf`, mimeType: 'application/pdf', buffer: pdf(`income of ${canary}`) })
    await press('Додати')(page)
  })
  await j.step('the document', (page) => page.getByRole('link', { name: `Довідка ${canary}`, exact: true }).click())
  await j.step('a newer version', async (page) => {
    await page.getByLabel('Файл').setInputFiles({ name: 'newer.pdf', mimeType: 'application/pdf', buffer: pdf('a newer one') })
    await press('Додати версію')(page)
  })
  const opened = await downloaded(j, (page) => page.getByRole('link', { name: `${canary}.pdf`, exact: true }).click())
  assert.ok(opened.equals(pdf(`income of ${canary}`)), 'the document comes back as it was')

  // It is given away: who has the link and the code gets it, once.
  await j.step('a link', (page) => page.getByRole('link', { name: 'Дати посилання на документ' }).first().click())
  await j.step('the link and the code', async (page) => {
    await page.getByLabel('Для кого').fill(`Нотаріус ${canary}`)
    await press('Отримати посилання й код')(page)
  })
  const link = (await main(j)).match(/\/cabinet\/shared\/[A-Z2-7]{26}/)[0]
  const told = (await main(j)).match(/[A-Z2-7]{4}-[A-Z2-7]{4}/)[0]
  await j.open('the link is opened', outside + link)
  await j.step('a wrong code', async (page) => {
    await page.getByLabel('Код', { exact: true }).fill('AAAA-AAAA')
    await press('Завантажити документ')(page)
  }, { status: 422 })
  await j.page.getByLabel('Код', { exact: true }).fill(told.toLowerCase())
  const given = await downloaded(j, press('Завантажити документ'))
  assert.ok(given.equals(pdf('a newer one')), 'the document is given whole')
  await j.open('the links that were given', `${outside}/cabinet/documents`)
  assert.match(await main(j), /Відкрито 1 з 1/)

  // It is taken over into another application, without being uploaded again.
  await j.open('the service again', `${outside}/services/01-04~01`)
  await j.step('apply again', press('Подати заяву онлайн'))
  await j.step('the applicant', press('Почати'))
  await j.step('who applies', press('Заповнити з мого кабінету'))
  await j.step('filled in', press(`Вставити в заяву: ${canary} Мар’яна`))
  assert.equal(await j.page.getByLabel('Прізвище', { exact: true }).inputValue(), canary)
  await j.step('the contacts', press('Далі'))
  assert.equal(await j.page.getByLabel(/^Електронна пошта/).inputValue(), 'voter@example.com')
  await j.step('the voter again', async (page) => {
    await page.getByRole('radio', { name: /ЦНАП міста Орлополя/ }).check()
    await press('Далі')(page)
  })
  await j.step('the documents', voter)
  const form = j.page.url()
  await j.step('which document', (page) => page.getByRole('button', { name: 'Узяти з моїх документів' }).first().click())
  await j.step('none is chosen', press('Додати'), { status: 422 })
  await j.step('the document is in the form', async (page) => {
    await page.getByRole('radio', { name: new RegExp(`Довідка ${canary}`) }).check()
    await press('Додати')(page)
    await page.waitForURL((url) => url.pathname === new URL(form).pathname)
  })
  assert.match(await main(j), /newer\.pdf/)

  await j.open('for whom one applies', `${outside}/cabinet/applicants`)
  await j.step('the applicant', (page) => page.getByRole('link', { name: /^Переглянути або змінити/ }).click())
  await j.step('an applicant with a mistake', async (page) => {
    await page.getByRole('textbox', { name: 'РНОКПП' }).fill('12')
    await press('Зберегти')(page)
  }, { status: 422 })
  await j.step('to remove the applicant', (page) => page.getByRole('link', { name: 'Видалити ці дані' }).click())

  await j.open('the list again', `${outside}/cabinet`)
  await j.step('the question without its code', (page) => page.getByRole('link', { name: `Справа ${canary}` }).first().click())
  assert.match(await main(j), new RegExp(number))
  await j.open('sign-in and security', `${outside}/cabinet/account`)
  await j.step('closed elsewhere', press('Закрити всюди, крім цього пристрою'))
  await j.step('signed out', press('Вийти'))

  // Both devices are closed: nothing of it can be read here.
  await withDatabases(async (_, external) => {
    for (const secret of [canary, code, recovery, first, proof.replace('-', '')]) assert.deepEqual(await traces(secret, external), [])
  })

  // The password is forgotten, the recovery code is not.
  await j.open('what is lost', `${outside}/cabinet/forgotten`)
  await j.step('recovery', (page) => page.getByRole('link', { name: 'Відкрити кодом відновлення' }).click())
  await j.step('recovered', async (page) => {
    await page.getByLabel('Код відновлення').fill(recovery.toLowerCase())
    await pair(login, second, 'Відкрити кабінет')(page)
  })
  assert.notEqual(await shownCode(j), recovery)
  await j.step('everything is there', (page) => page.getByRole('button', { name: 'Код збережено, далі' }).click())
  assert.match(await main(j), new RegExp(`Справа ${canary}`))

  // The link in a letter ends all of them, for whoever reads it.
  await j.open('the link in the letter', letter.match(/http[^\s"<]*\/cabinet\/told\/stop\/[A-Z2-7]{26}/)[0])
  await j.step('no more letters', press('Не надсилати'))
  await j.open('notices once more', `${outside}/cabinet/told`)
  await reloadUntil(j, 'припинено за посиланням')

  await j.open('erase', `${outside}/cabinet/account/erase`)
  await j.step('erased', press('Видалити кабінет'))
  await j.open('sign in once more', `${outside}/cabinet/sign-in`)
  await j.step('opens nothing', enter(second), { status: 422 })
})

journey('a passkey opens a cabinet, and a code stands beside the password', async (j) => {
  const site = outside.replace('127.0.0.1', 'localhost') // browsers make no keys for addresses of numbers
  const [login, password] = [`canary-${randomBytes(6).toString('hex')}`, words()]
  const go = (name) => (page) => page.locator('main').getByRole('link', { name, exact: true }).first().click()
  const shows = (j, text) => j.page.getByText(text).first().waitFor()
  await j.open('register', `${site}/cabinet/register`)
  await j.step('recovery code', pair(login, password, 'Створити кабінет'))
  await j.step('an empty list', (page) => page.getByRole('button', { name: 'Код збережено, далі' }).click())
  await j.open('documents', `${site}/cabinet/documents`)
  await j.step('a document', async (page) => {
    await page.getByLabel('Назва документа').fill('Витяг')
    await page.getByLabel('Файл').setInputFiles({ name: 'extract.pdf', mimeType: 'application/pdf', buffer: pdf('an extract') })
    await press('Додати')(page)
  })

  // A device that makes no secret cannot open a cabinet, and says so; one that does is added.
  const add = async (name) => {
    await j.open(`sign-in and security before ${name}`, `${site}/cabinet/account`)
    await j.step(`a name for ${name}`, go('Додати ключ доступу'))
    await j.step(`${name} is asked`, async (page) => {
      await page.getByLabel('Як назвати пристрій').fill(name)
      await page.getByLabel('Пароль, який є зараз').fill(password)
      await press('Далі')(page)
    })
  }
  const stranger = await plugIn(j, { hasPrf: true }) // once it has refused, the browser asks a device of this kind no more
  await stranger.verified(false)
  await add('старий ключ')
  await j.step('a finger that the device does not know', async (page) => {
    await press('Продовжити')(page)
    await page.getByText('Не вийшло або ви скасували').waitFor()
  }, { stays: true })
  await stranger.unplug()
  const plain = await plugIn(j)
  await j.step('a device without secrets', async (page) => {
    await press('Продовжити')(page)
    await page.getByText('Цей пристрій не вміє відкривати кабінет').first().waitFor()
  }, { status: 422 })
  await plain.unplug()
  await plugIn(j, { hasPrf: true })
  await add('мій телефон')
  await j.step('the key is added', async (page) => {
    await press('Продовжити')(page)
    await page.getByText('Ключ доступу додано').waitFor()
  })

  // An app is set up; the key stays the same while the form is refused.
  await j.step('an app', go('Увімкнути вхід із кодом'))
  const secret = await j.page.locator('main code').innerText()
  const confirm = (code) => async (page) => {
    await page.getByLabel('Код із застосунку').fill(code)
    await page.getByLabel('Пароль, який є зараз').fill(password)
    await press('Увімкнути')(page)
  }
  await j.step('a wrong code', confirm('000000'), { status: 422 })
  assert.equal(await j.page.locator('main code').innerText(), secret)
  await j.step('the app counts', (page) => confirm(appCode(secret))(page))
  await shows(j, 'Вхід із кодом увімкнено')

  // The passkey opens everything by itself, once the device knows the finger.
  const readable = async (name) => {
    await j.open(`documents ${name}`, `${site}/cabinet/documents`)
    await j.step(`the document ${name}`, go('Витяг'))
    const file = await downloaded(j, (page) => page.getByRole('link', { name: 'extract.pdf', exact: true }).click())
    assert.ok(file.equals(pdf('an extract')), 'the document comes back as it was')
    await j.open(`the list ${name}`, `${site}/cabinet`)
    await j.step(`signed out ${name}`, press('Вийти'))
  }
  await j.step('signed out', press('Вийти'))
  await j.open('sign in', `${site}/cabinet/sign-in`)
  await j.step('the key is asked', go('Увійти ключем доступу'))
  await j.step('signed in by the key', async (page) => {
    await press('Продовжити')(page)
    await page.getByRole('heading', { name: 'Мої справи' }).waitFor()
  })
  await readable('by the key')

  // The password asks for the code.
  await j.open('sign in again', `${site}/cabinet/sign-in`)
  await j.step('the code is asked for', async (page) => {
    await page.getByLabel('Логін').fill(login)
    await page.getByLabel('Пароль', { exact: true }).fill(password)
    await press('Увійти')(page)
  })
  assert.match(j.page.url(), /sign-in\/code/)
  const give = (code) => async (page) => {
    await page.getByLabel('Код із застосунку').fill(code)
    await press('Увійти')(page)
  }
  await j.step('a wrong code at the door', give('000000'), { status: 422 })
  await j.step('signed in by the code', (page) => give(appCode(secret, Date.now() + 30_000))(page)) // that of setting it up is used
  await j.open('sign-in and security', `${site}/cabinet/account`)
  await j.step('the key is removed', press('Прибрати'))
  await shows(j, 'Ключ доступу прибрано')
  await j.step('to switch codes off', go('Вимкнути вхід із кодом'))
  await j.step('without the password', press('Вимкнути вхід із кодом'), { status: 422 })
  await j.step('codes are off', async (page) => {
    await page.getByLabel('Пароль, який є зараз').fill(password)
    await press('Вимкнути вхід із кодом')(page)
  })
  await readable('without codes')
  await j.open('the key once more', `${site}/cabinet/sign-in/passkey`)
  await j.step('it opens nothing', async (page) => {
    await press('Продовжити')(page)
    await page.getByText('Цей ключ не відкриває жодного кабінету').first().waitFor()
  }, { status: 422 })
})

journey('a cabinet without scripts, in English', async (j) => {
  await j.open('register', `${outside}/cabinet/register`)
  await j.step('recovery code', async (page) => {
    await page.getByLabel('Login').fill(`canary-${randomBytes(6).toString('hex')}`)
    const password = words()
    await page.getByLabel('New password', { exact: true }).fill(password)
    await page.getByLabel('New password again').fill(password)
    await press('Make a cabinet')(page)
  })
  await j.step('an empty list', (page) => page.getByRole('button', { name: 'The code is kept, go on' }).click())
  await j.open('documents', `${outside}/cabinet/documents`)
  await j.step('a document without scripts', async (page) => {
    await page.getByLabel('File').setInputFiles({ name: 'paper.pdf', mimeType: 'application/pdf', buffer: pdf('a paper') })
    await press('Add')(page)
  })
  await j.step('the document', (page) => page.getByRole('link', { name: 'paper', exact: true }).click())
  await j.step('to delete it', (page) => page.getByRole('link', { name: 'Delete the document' }).click())
  await j.open('an applicant without scripts', `${outside}/cabinet/applicants/new`)
  await j.step('who acts is missing', async (page) => {
    await page.getByRole('checkbox', { name: 'A representative submits the application' }).check()
    await press('Save')(page)
  }, { status: 422 })
  await j.open('sign-in and security', `${outside}/cabinet/account`)
  await j.open('password', `${outside}/cabinet/account/password`)
  await j.open('new recovery code', `${outside}/cabinet/account/recovery`)
  await j.open('codes of an app', `${outside}/cabinet/account/codes`)
  await j.open('erase', `${outside}/cabinet/account/erase`)
}, { javaScript: false, language: 'en' })
