// The main job, from end to end: staff publish a change inside, citizens see it outside; a citizen applies, the
// sealed application becomes a case, staff work it, the citizen follows every step and downloads the result.
import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { journey, main, portal } from './portal.mjs'
import { traces, withDatabases } from './nodes.mjs'
import { pdf } from './files.mjs'
import { certificateFor, damaged, foreignKey, keyFile, sign, signer } from './signing.mjs'

const inside = portal.internal_site
const outside = portal.external_site
const password = (login) => portal.sign_ins.find((s) => s.login === login).password

async function signInAs(j, login) {
  await j.open(`sign in`, `${inside}/sign-in`)
  await j.step(`${login} has signed in`, async (page) => {
    await page.getByLabel('Логін').fill(login)
    await page.getByLabel('Пароль').fill(password(login))
    await page.getByRole('button', { name: 'Увійти' }).click()
  })
}

async function signOut(j) {
  await j.step('signed out', (page) => page.getByRole('button', { name: 'Вийти' }).or(page.getByRole('link', { name: 'Вийти' })).first().click())
}

const press = (name) => (page) => page.getByRole('button', { name, exact: true }).first().click()

/** Reloads until the page says the text. How soon it does is measured by scripts/bench freshness, on a machine that does nothing else. */
async function soon(j, text) {
  await reloadUntil(j, `says «${text}»`, async (page) => (await page.locator('main').innerText()).includes(text))
}

async function reloadUntil(j, what, ok) {
  const deadline = Date.now() + 300_000 // only ends what hangs
  while (!(await ok(j.page))) {
    assert.ok(Date.now() < deadline, `waited in vain until ${j.page.url()} ${what}`)
    await j.page.reload()
  }
}

journey('from a published card to a downloaded result', async (j) => {
  const mark = randomBytes(4).toString('hex')
  const secretWord = `canary${randomBytes(12).toString('hex')}`
  const passport = pdf(`passport ${secretWord}`)

  // Staff change the card.
  await signInAs(j, 'head.voters')
  await j.open('services', `${inside}/services?q=довідки+виборцю`)
  await j.step('service inside', (page) => page.getByRole('link', { name: /Видача довідки виборцю/ }).click())
  await j.step('draft of the card', press('Створити чернетку картки'))
  await j.step('draft kept', async (page) => {
    await page.locator('textarea[name="conditions-uk"], textarea[name="conditions.uk"], textarea[name="conditions_uk"]').first().fill(`Довідку дають виборцям громади. Позначка ${mark}.`)
    await page.getByLabel('Що змінено і чому').fill('Уточнено умови')
    await page.getByRole('button', { name: 'Зберегти й закрити редагування' }).click()
  })
  await j.step('as the citizen sees it', press('Як буде на публічному сайті'))
  assert.match(await j.page.locator('main').innerText(), new RegExp(mark))
  await j.step('back at the draft', (page) => page.getByRole('link', { name: 'Повернутися до картки' }).click())
  await j.step('approved', press('Затвердити'))
  await j.step('published', press('Оприлюднити'))
  await signOut(j)

  // Citizens see it.
  await j.open('found by a word form', `${outside}/services?q=довідка+виборця`)
  await j.page.goto(`${outside}/services/01-04~01`)
  await soon(j, mark)
  await j.check('service outside')

  // A citizen applies.
  await j.step('apply', press('Подати заяву онлайн'))
  await j.step('applicant', press('Почати'))
  await j.step('applicant refused', press('Далі'), { status: 422 })
  assert.ok(await j.page.locator('.govuk-error-summary a').first().isVisible())
  await j.step('contacts', async (page) => {
    await page.getByLabel('Прізвище', { exact: true }).fill(secretWord)
    await page.getByLabel('Ім’я', { exact: true }).fill('Мар’яна')
    await page.getByRole('radio', { name: /РНОКПП \(податковим/ }).check()
    await page.getByRole('textbox', { name: 'РНОКПП' }).fill('1234567899')
    await press('Далі')(page)
  })
  await j.step('the voter', async (page) => {
    await page.getByLabel(/^Електронна пошта/).fill('voter@example.com')
    await page.getByLabel('Поштова адреса').fill(`вул. Тестова, 1, ${secretWord}`)
    await page.getByRole('radio', { name: /ЦНАП міста Орлополя/ }).check()
    await press('Далі')(page)
  })
  await j.step('documents', async (page) => {
    await page.getByLabel('День').fill('5')
    await page.getByLabel('Місяць').fill('6')
    await page.getByLabel('Рік').fill('1987')
    await page.getByLabel('Місце народження').fill(secretWord)
    await page.getByLabel('Ваша виборча адреса').fill('вул. Тестова, 1')
    await press('Далі')(page)
  })
  await j.step('a program is refused', async (page) => {
    await page.locator('input[type=file]').setInputFiles({ name: 'passport.pdf', mimeType: 'application/pdf', buffer: Buffer.from('MZ\x90\x00 not a document') })
    await press('Далі')(page)
    await page.locator('.govuk-error-summary').waitFor() // files are sent by a script, which then goes on
  }, { status: 422 })
  // A photo that is not taken is left out of a batch and named; the page stays once, so that this is read.
  const files = j.page.locator('input[name=passport]')
  await files.setInputFiles(['good.pdf', 'photo.heic'].map((name) => ({ name, mimeType: 'application/octet-stream', buffer: pdf(name) })))
  assert.deepEqual(await files.evaluate(async (i) => { await i.portalReady; return [...i.files].map((f) => f.name) }), ['good.pdf'])
  assert.match(await j.page.locator('p.govuk-error-message').first().innerText(), /photo\.heic/)
  await press('Далі')(j.page)
  assert.ok(await files.evaluate((i) => i === document.activeElement))
  // A signature whose file was removed says so, and goes alone from the page of answers.
  const chosen = (name, buffer) => ({ name, mimeType: 'application/octet-stream', buffer })
  const other = pdf('another paper')
  await j.step('another file and its signature', async (page) => {
    await files.setInputFiles([chosen('other.pdf', other), chosen('other.pdf.p7s', sign('citizen', other))])
    await press('Додати вибрані файли')(page)
    await page.getByText('підпис файлу «other.pdf»').waitFor()
  })
  await j.step('the file goes, its signature stays', (page) => page.getByRole('button', { name: 'Видалити other.pdf', exact: true }).click())
  await j.page.getByText('підпис файлу «other.pdf», якого тут уже немає').waitFor()
  await j.step('the answers say so', async (page) => {
    await press('Далі')(page)
    await page.getByText('стосується файлу, якого в заяві вже немає').waitFor()
  })
  await j.step('what goes and what stays', (page) => page.getByRole('link', { name: 'Видалити підпис other.pdf.p7s' }).click())
  await j.step('the signature alone is gone, and a file is asked for again', press('Видалити підпис'), { status: 422 })
  assert.match(await main(j), /Підпис видалено/)
  assert.doesNotMatch(await main(j), /other\.pdf/)

  // The file is signed here, in the browser: what is wrong with a key is said in words, and neither it nor its password is sent.
  const keyPassword = `canary${randomBytes(8).toString('hex')}`
  const citizen = signer('citizen')
  const ofCitizen = (days, usage) => certificateFor(citizen, { usage, from: new Date(Date.now() - 9 * 86400e3), to: new Date(Date.now() + days * 86400e3) })
  const sent = []
  j.page.on('request', (request) => sent.push(request.url(), request.postDataBuffer()?.toString('latin1') ?? ''))
  const alert = j.page.locator('[data-sign-error]')
  const opens = async (name, file, password) => {
    await j.page.getByLabel('Файл ключа').setInputFiles(chosen(name, file))
    await j.page.getByLabel('Пароль до ключа').fill(password)
    await press('Відкрити ключ')(j.page)
    await alert.or(j.page.getByRole('button', { name: 'Підписати ключем' })).filter({ visible: true }).first().waitFor()
    assert.equal(await j.page.locator('[data-sign-password]').inputValue(), '', 'the password is forgotten at once')
  }
  const refuses = async (name, file, password, words) => {
    await opens(name, file, password)
    await alert.filter({ hasText: words }).waitFor()
  }
  await j.page.getByText('Підписати файли електронним підписом').click()
  await refuses('key.p12', foreignKey(keyPassword), keyPassword, /ключ RSA або ECDSA/)
  await refuses('key.jks', keyFile('jks', citizen, keyPassword), 'wrong', /Пароль не підходить/)
  await refuses('key.jks', keyFile('jks', citizen, keyPassword, ofCitizen(1, 0x08)), keyPassword, /для шифрування/)
  await refuses('key.jks', keyFile('jks', citizen, keyPassword, ofCitizen(-2, 0x80)), keyPassword, /Сертифікат закінчився/)
  await refuses('Key-6.dat', keyFile('iit', citizen, keyPassword), keyPassword, /немає сертифіката/)
  await refuses('passport.pdf', passport, keyPassword, /не файл ключа/)
  await j.check('what is wrong with a key is said')
  await j.page.getByLabel('Ваш сертифікат').setInputFiles(chosen('citizen.cer', Buffer.from(citizen.certificate, 'base64')))
  await opens('Key-6.dat', keyFile('pkcs8', citizen, keyPassword), keyPassword)
  await j.page.getByText(citizen.name).waitFor()
  await press('Інший ключ')(j.page)
  await opens('key.pfx', keyFile('pfx', citizen, keyPassword), keyPassword)
  await files.setInputFiles([])
  await press('Підписати ключем')(j.page)
  await alert.filter({ hasText: 'Немає чого підписувати' }).waitFor()
  await files.setInputFiles([chosen('passport.pdf', passport), chosen('damaged.p7s', damaged(sign('citizen', passport)))])
  await j.check('whose key it is')
  await press('Підписати ключем')(j.page)
  await j.page.getByText('Підписано: passport.pdf').waitFor()
  const signature = Buffer.from(await files.evaluate(async (input) => {
    await input.portalReady
    const file = [...input.files].find((one) => one.name === 'passport.pdf.p7s')
    return [...new Uint8Array(await file.arrayBuffer())]
  }))
  assert.deepEqual(await files.evaluate((input) => [...input.files].map((file) => file.name)), ['passport.pdf', 'passport.pdf.p7s', 'damaged.p7s'])
  assert.deepEqual(await j.page.locator('[data-portal-sign] input').evaluateAll((all) => all.map((input) => input.value)), ['', '', ''])
  await j.step('the signed file is sent', async (page) => {
    await press('Далі')(page)
    await page.waitForURL(/\/check\b/)
  })

  assert.deepEqual(sent.filter((text) => text.includes(keyPassword) || text.includes('Key-6.dat') || text.includes('key.pfx')), [])
  assert.match(await j.page.locator('main').innerText(), new RegExp(secretWord))
  await j.step('receipt', async (page) => {
    await page.getByRole('checkbox').check()
    await press('Подати заяву')(page)
  })
  const receipt = await j.page.locator('main').innerText()
  const number = receipt.match(/R-\d{4}-\d{4}-\d{4}/)[0]
  const code = receipt.match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}-[0-9A-Z]{5}|[0-9A-Z]{4}(-[0-9A-Z]{4}){4}-[0-9A-Z]/)[0]

  // The citizen follows it without an account.
  await j.open('track', `${outside}/track`)
  await j.step('a wrong code is refused', async (page) => {
    await page.getByLabel(/^Номер/).fill(number)
    await page.getByLabel(/код/i).first().fill(code.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')))
    await page.locator('main form button').first().click()
  }, { status: 422 })
  await j.step('state of the application', async (page) => {
    await page.getByLabel(/^Номер/).fill(number)
    await page.getByLabel(/код/i).first().fill(code.toLowerCase().replaceAll('-', ' '))
    await page.locator('main form button').first().click()
  })
  await soon(j, '01-2026-')
  const caseNumber = (await j.page.locator('main').innerText()).match(/01-2026-\d{6}/)[0]
  const state = j.page.url()
  await j.check('registered')

  // The centre takes it up and hands it over.
  await signInAs(j, 'admin1.orlopil')
  await j.open('cases', `${inside}/cases?q=${number}`)
  await j.step('the case', (page) => page.getByRole('link', { name: caseNumber, exact: true }).click())
  const casePage = j.page.url()
  assert.match(await j.page.locator('main').innerText(), new RegExp(secretWord))
  await j.step('the attachment beside what is known of it', (page) => page.getByRole('link', { name: 'passport.pdf' }).first().click())
  const [received] = await Promise.all([
    j.page.waitForEvent('download'),
    j.page.locator('main a[download]').first().click(),
  ])
  assert.deepEqual(await readFile(await received.path()), passport, 'the attachment arrived as it was sent')

  // Staff see who signed it and that this holds, and of the damaged signature that it does not; so does anybody on the public page.
  const name = signer('citizen').name
  assert.match(await main(j), new RegExp(`Підпис дійсний[\\s\\S]*${name}[\\s\\S]*DSTU 4145-2002`))
  assert.match(await main(j), /Підписав не заявник/)
  await j.step('the damaged signature', (page) => page.getByRole('link', { name: 'damaged.p7s' }).first().click())
  assert.match(await main(j), /Підпис недійсний[\s\S]*Підпис пошкоджений/)
  const checks = async (step, document, file, words) => {
    await j.open(`${step}: checked by anybody`, `${outside}/verify`)
    await j.step(step, async (page) => {
      await page.getByLabel('Підпис або підписаний файл').setInputFiles({ name: 'signature.p7s', mimeType: 'application/octet-stream', buffer: file })
      await page.getByLabel('Файл, який підписано').setInputFiles({ name: 'document.pdf', mimeType: 'application/pdf', buffer: document })
      await press('Перевірити')(page)
    })
    assert.match(await main(j), words)
  }
  await checks('a signature', passport, signature, new RegExp(`Підписано, підписи дійсні[\\s\\S]*${name}`))
  await checks('a damaged signature', passport, damaged(signature), /Підпис пошкоджений/)
  await j.open('the case again', casePage)
  await j.step('taken up', press('Взяти в роботу'))
  await j.step('first stage finished', press('Завершити етап'))
  await j.step('handed over', press('Завершити етап'))
  await signOut(j)

  // The authority works and decides; nobody else may.
  await signInAs(j, 'officer1.education')
  await j.open('not a case of this authority', casePage, { status: 404 })
  await j.open('home of another authority', inside)
  await signOut(j)
  await signInAs(j, 'officer1.voters')
  await j.open('the case for the authority', casePage)
  await j.step('searched', press('Завершити етап'))
  await j.step('message sent', async (page) => {
    await page.getByRole('radio', { name: 'Заявникові' }).check()
    await page.getByLabel('Текст', { exact: true }).fill(`Довідку підписано для ${secretWord}, сьогодні буде готова.`)
    await press('Надіслати заявникові')(page)
  })
  await signOut(j)

  // The card gives the decision to the head, and so does the page.
  await signInAs(j, 'head.voters')
  await j.open('the case for the decision', casePage)
  await j.step('decided', async (page) => {
    await page.getByText('Ухвалити рішення').click()
    await page.getByRole('radio', { name: 'Надати послугу' }).check()
    await press('Зберегти рішення')(page)
  })
  const result = pdf(`result of ${caseNumber} for ${secretWord}`)
  await j.step('result uploaded', async (page) => {
    await page.locator('input[type=file]').setInputFiles({ name: `Довідка ${secretWord}.pdf`, mimeType: 'application/pdf', buffer: result })
    await page.locator('button[formaction*="/result"]').click()
  })

  // The official signs the decision with a program of their own: a signature of another file is refused, that of the decision is taken.
  await j.step('where the decision is signed', (page) => page.locator('a[href$="/sign"]').first().click())
  const [saved] = await Promise.all([j.page.waitForEvent('download'), j.page.locator('main a[download]').first().click()])
  const decision = await readFile(await saved.path())
  const adds = (file) => async (page) => {
    await page.getByLabel('Файл підпису').setInputFiles({ name: 'підпис.p7s', mimeType: 'application/octet-stream', buffer: file })
    await press('Додати електронний підпис')(page)
  }
  await j.step('a signature of another file is refused', adds(sign('official', result)), { status: 422 })
  assert.match(await j.page.locator('.govuk-error-summary').innerText(), /Підписано інший файл/)
  await j.step('the decision is signed', adds(sign('official', decision)))
  assert.match(await main(j), new RegExp(`Підпис дійсний[\\s\\S]*${signer('official').name}`))

  // The citizen reads every step and downloads the decision and the result.
  await j.page.goto(state)
  await soon(j, 'Довідку підписано')
  const downloads = (file) => j.page.locator('li', { hasText: file }).locator('a[href*="/track/results/"]')
  await reloadUntil(j, 'leads to the decision, the result and the signature', async () => (await Promise.all(['decision-', 'result-', '.p7s'].map((file) => downloads(file).count()))).every((n) => n > 0))
  await j.check('decided')
  const downloaded = async (file) => {
    const [download] = await Promise.all([j.page.waitForEvent('download'), downloads(file).first().click()])
    return readFile(await download.path())
  }
  assert.deepEqual(await downloaded('result-'), result, 'the result is what staff uploaded')
  assert.deepEqual(await downloaded('decision-'), decision, 'the decision is the document that was signed')
  await checks('the decision', decision, await downloaded('.p7s'), new RegExp(`Підписано, підписи дійсні[\\s\\S]*${signer('official').name}`))

  // The matter has ended: the citizen answers a few questions, once, and staff see one answer more.
  await j.page.goto(state)
  await j.step('the survey', (page) => page.locator('a[href*="/track/rate/"]').click())
  await j.step('an empty answer is refused', press('Надіслати відповідь'), { status: 422 })
  const survey = j.page.url()
  await j.step('answered', async (page) => {
    await page.getByLabel('4', { exact: true }).check()
    await page.getByLabel('Що нам поліпшити?').fill(`Пишіть коротше ${secretWord}`)
    await press('Надіслати відповідь')(page)
  })
  assert.match(await main(j), /Ви відповіли на запитання про цю справу/)
  await j.open('a second answer is not asked for', survey.split('?')[0])
  assert.match(j.page.url(), /\/track\/status$/)
  await j.open('the figures', `${outside}/ratings`)
  await soon(j, 'Як ми працювали')
  assert.doesNotMatch(await main(j), new RegExp(secretWord))
  await j.open('the page of whoever is signed in', inside)
  await signOut(j)
  await signInAs(j, 'manager.region')
  await j.open('the results', `${inside}/surveys`)
  await j.step('of one survey', (page) => page.locator('main table a[href$="/results"]').first().click())
  await soon(j, secretWord)

  // Whoever holds the decision on paper or as a file learns whether it was issued: the QR code leads to the number, and the file stays here.
  const text = execFileSync('pdftotext', ['-', '-'], { input: decision, encoding: 'utf8' })
  const issued = text.match(/D-\d{4}-\d{4}-\d{4}-\d{4}/)[0]
  await j.page.goto(`${outside}/issued/${issued}`)
  await reloadUntil(j, 'knows the document', async (page) => (await main(j)).includes('Такий документ видано, він чинний'))
  await j.check('the number on the decision')
  const compares = async (step, file, words) => {
    const sent = []
    const watch = (request) => request.method() === 'POST' && sent.push(request.url())
    j.page.on('request', watch)
    await j.step(step, async (page) => {
      await page.getByLabel('Файл документа').setInputFiles({ name: 'decision.pdf', mimeType: 'application/pdf', buffer: file })
      await page.getByRole('button', { name: 'Перевірити', exact: true }).click()
    })
    j.page.off('request', watch)
    assert.deepEqual(sent, [], 'the file is not sent')
    assert.match(await main(j), words)
  }
  await compares('the file of the decision', decision, /Файл той самий/)
  await compares('another file', result, /Файл інший/)
  assert.doesNotMatch(await main(j), new RegExp(secretWord))

  // Of all that was written, uploaded and decided, the external node keeps nothing readable.
  await withDatabases(async (_, db) => assert.deepEqual(await traces(secretWord, db), []))
})

// A form for applications is made without code: an official writes it, the head approves it and opens the service, a citizen fills it in
// outside, and the case shows the answers.
journey('a form made by staff is filled in by a citizen', async (j) => {
  const code = '01-05/02'
  const street = `вулиця ${randomBytes(4).toString('hex')}`
  const button = (name) => j.page.getByRole('button', { name, exact: true }).first()
  const says = async (words) => assert.match(await main(j), words)

  await signInAs(j, 'officer1.improvement')
  await j.open('the service', `${inside}/services?q=${encodeURIComponent(code)}`)
  await j.step('its page', (page) => page.locator('th a[href^="/services/"]').first().click())
  const service = j.page.url()
  await j.step('a form from nothing', press('Створити чернетку форми'))
  await j.step('the date and facts of the version', async (page) => {
    await page.getByLabel('Скільки хвилин потрібно, щоб заповнити').fill('4')
    await press('Зберегти й закрити редагування')(page)
  })
  const form = j.page.url().split('#')[0]
  await says(/Сторінок ще немає/)
  await j.open('a page', `${form}/pages/new`)
  await j.step('a page without a name', press('Зберегти'), { status: 422 })
  await j.step('the first page', async (page) => {
    await page.getByLabel('Назва сторінки (українською)').fill('Місце робіт')
    await page.getByLabel('Назва сторінки (англійською)').fill('Place of the works')
    await press('Зберегти')(page)
  })
  const ask = async (kind, fill, button = 'Зберегти') => {
    await j.open(`a question: ${kind}`, `${form}/questions/new?page=page-1`)
    await j.step(`its kind: ${kind}`, async (page) => {
      await page.getByRole('radio', { name: kind, exact: true }).check()
      await press('Далі')(page)
    })
    await fill(j.page)
    await j.step(`written: ${kind}`, press(button))
  }
  const titled = async (uk, en) => {
    await j.page.getByLabel('Запитання (українською)').fill(uk)
    await j.page.getByLabel('Запитання (англійською)').fill(en)
  }
  await ask('рядок тексту', () => titled('Адреса робіт', 'Address of the works'))
  await ask('одна відповідь з кількох', async (page) => {
    await titled('Яке покриття', 'Which surface')
    await page.getByLabel('Відповіді', { exact: true }).fill('Асфальт | Asphalt\nІнше | Other')
  })
  await ask('рядок тексту', async (page) => {
    await titled('Яке саме', 'Which exactly')
    await page.getByRole('checkbox', { name: '«Яке покриття»: Інше' }).check()
  })
  await ask('дата', async (page) => {
    await titled('Коли закінчено роботи', 'When the works ended')
    await page.locator('select[name="before.mode"]').selectOption('today')
  })
  // What cannot be done says so, and loses nothing.
  await j.step('a question that another depends on', async (page) => { await page.locator('a[href$="/remove"]').nth(1).click() })
  await j.step('it stays', press('Видалити запитання'), { status: 422 })
  await says(/залежить запитання «Яке саме»/)
  await j.open('the form', form)
  await says(/Картка вимагає документ[\s\S]*нікуди додати/)
  await j.step('the documents of the card', press('Додати з картки: 1 документ'))
  assert.ok(!(await main(j)).includes('нікуди додати'))

  // The preview is that of citizens: conditions hold, and what is wrong is said in the same words.
  await j.step('as citizens see it', press('Як буде на публічному сайті'))
  assert.equal(await j.page.getByLabel('Яке саме').isVisible(), false)
  await j.page.getByRole('radio', { name: 'Інше' }).check()
  assert.equal(await j.page.getByLabel('Яке саме').isVisible(), true)
  await j.step('an empty answer', press('Далі'), { status: 422 })
  await j.open('the form before it is handed in', form)
  await j.step('handed in', press('Подати на затвердження'))
  await signOut(j)

  await signInAs(j, 'head.improvement')
  await j.open('the form for the head', form)
  await j.step('approved', press('Затвердити'))
  await j.step('published', press('Оприлюднити'))
  await j.open('the service for the head', `${service}/edit`)
  await j.step('open for applications', async (page) => {
    await page.getByLabel(/заяви онлайн/i).check()
    await page.locator('main form button').last().click()
  })
  await signOut(j)

  await j.page.goto(`${outside}/services/01-05~02`)
  await soon(j, 'Подати заяву онлайн')
  await j.check('the service takes applications')
  await j.step('apply', press('Подати заяву онлайн'))
  await j.step('begun', press('Почати'))
  if (await j.page.getByRole('radio', { name: 'Фізична особа', exact: true }).count()) await j.page.getByRole('radio', { name: 'Фізична особа', exact: true }).check()
  await j.step('applicant', async (page) => {
    await page.getByLabel('Прізвище', { exact: true }).first().fill('Бруківка')
    await page.getByLabel('Ім’я', { exact: true }).first().fill('Мар’яна')
    await page.getByRole('radio', { name: /РНОКПП \(податковим/ }).first().check()
    await page.getByRole('textbox', { name: 'РНОКПП' }).first().fill('1234567899')
    await press('Далі')(page)
  })
  await j.step('contacts', async (page) => {
    await page.getByLabel(/^Електронна пошта/).fill('works@example.com')
    await page.getByLabel('Поштова адреса').fill('вул. Тестова, 1')
    await page.getByRole('radio', { name: /ЦНАП міста Орлополя/ }).check()
    await press('Далі')(page)
  })
  await j.step('the page that staff wrote', async (page) => {
    await page.getByLabel('Адреса робіт').fill(street)
    await page.getByRole('radio', { name: 'Інше' }).check()
    await page.getByLabel('Яке саме').fill('Бруківка')
    await page.getByLabel('День').fill('5')
    await page.getByLabel('Місяць').fill('6')
    await page.getByLabel('Рік').fill('2026')
    await press('Далі')(page)
  })
  await j.step('the document of the card', async (page) => {
    await page.locator('input[type=file]').setInputFiles({ name: 'act.pdf', mimeType: 'application/pdf', buffer: pdf('act') })
    await press('Далі')(page)
    await page.waitForURL(/\/check\b/)
  })
  await j.step('sent', async (page) => {
    await page.getByRole('checkbox').check()
    await press('Подати заяву')(page)
  })
  const number = (await main(j)).match(/R-\d{4}-\d{4}-\d{4}/)[0]

  await signInAs(j, 'admin1.orlopil')
  await j.page.goto(`${inside}/cases?q=${number}&state=all`)
  await reloadUntil(j, 'lists the case', async (page) => (await page.locator('main a[href^="/cases/"]').filter({ hasText: /^01-2026-\d{6}$/ }).count()) > 0)
  await j.check('the case is listed')
  await j.step('the case', (page) => page.locator('main a').filter({ hasText: /^01-2026-\d{6}$/ }).first().click())
  await says(new RegExp(`Адреса робіт[\\s\\S]*${street}[\\s\\S]*Яке саме[\\s\\S]*Бруківка`))
  await signOut(j)
})
