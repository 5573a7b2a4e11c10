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

async function signIn (j, login = clerk) {
  await j.open('sign in', `${inside}/sign-in`)
  await j.step('signed in', async (page) => {
    await page.getByLabel('Логін').fill(login)
    await page.getByLabel('Пароль').fill(password(login))
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
    await page.locator('#sheet input[type=radio]').first().check()
    await page.locator('#sheet textarea').first().fill('с. Вишневе, вул. Садова, 3')
    await page.getByLabel('Чому приймаєте неповний пакет').fill('Паспорт донесе завтра')
    await press('Зареєструвати')(page)
  })
  assert.equal(new URL(j.page.url()).pathname, `${new URL(visit).pathname}/papers`)
  const papers = await j.page.locator('main').innerText()
  const number = papers.match(/\d{2}-\d{4}-\d{6}/)[0]
  const code = papers.match(/([0-9A-Z]{4}[-\s]+){4}[0-9A-Z]{5}/)[0].replace(/\s+/g, '')
  assert.match(papers, /Паспорт донесе завтра/)
  await j.fitsPaper('two descriptions and the slip')
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
  await j.fitsPaper('a refusal to accept')
})

// What the scanner's folder holds is the browser's own private folder here: it is read through the same interface.
const folder = () => {
  window.showDirectoryPicker = () => navigator.storage.getDirectory()
}

journey('the application form is filled in, and scans come from everywhere', async (j) => {
  await j.page.addInitScript(folder)
  await signIn(j)
  await j.open('unfinished visits', `${inside}/counter`)
  await j.step('a new visitor', press('Новий відвідувач'))
  await j.step('somebody looks for the visitor', async (page) => {
    await page.getByLabel('Знайти відвідувача').fill('Джмеленко Ївга')
    await page.keyboard.press('Enter')
  })
  await j.page.reload() // which sends nothing again
  assert.match(await j.page.getByRole('status').first().innerText(), /Джмеленко Ївга/)
  await j.step('a service with a form of its own', async (page) => {
    await page.getByLabel('РНОКПП', { exact: true }).fill('3184710705')
    await page.getByLabel('Послуга').fill('01-08/03')
    await page.keyboard.press('Enter')
  })
  await j.step('nothing is answered yet', press('Заява на підпис'), { status: 422 })
  await j.step('the application to sign', async (page) => {
    await page.getByLabel('РНОКПП', { exact: true }).fill('')
    await page.getByText('Без РНОКПП').click()
    if (!await page.locator('input#passport').isVisible()) await page.getByText('Паспорт або УНЗР').click()
    await page.locator('input#passport').fill('АБ123456')
    await page.locator('main [name="answer.persons"]').first().check()
    await page.locator('main [name="answer.home_address"]').fill('с. Вишневе, вул. Садова, 3')
    await page.locator('main [name="answer.purpose"]').selectOption('bank')
    assert.equal(await page.locator('main [name="answer.purpose_other"]').isVisible(), false)
    await press('Заява на підпис')(page)
  })
  assert.match(await j.page.locator('main').innerText(), /Для банку/)
  await j.step('back to the visitor', press('Повернутися до відвідувача'))
  await j.step('a file is dropped on a line', async (page) => {
    await page.locator('[data-line]').first().evaluate((line) => {
      const dropped = new DataTransfer()
      dropped.items.add(new File(['%PDF-1.4 dropped'], 'кинутий.pdf', { type: 'application/pdf' }))
      line.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }))
    })
    await page.getByText('кинутий.pdf', { exact: false }).first().waitFor()
  }, { stays: true })
  await j.step('a photo is taken', async (page) => {
    await page.locator('[data-line]').nth(1).getByRole('button', { name: /^Камера/ }).click()
    await page.waitForFunction(() => document.querySelector('.portal-camera video')?.videoWidth > 0)
    await page.getByRole('button', { name: 'Зняти' }).click()
    await page.getByText('фото-1.jpg').first().waitFor()
  }, { stays: true })
  await j.step('the camera is closed', (page) => page.getByRole('button', { name: 'Готово' }).click(), { stays: true })
  await j.step('the scanner writes into its folder', async (page) => {
    await page.getByRole('button', { name: 'Стежити за папкою сканера' }).click()
    await page.getByText(/Нові скани з папки/).waitFor()
    await page.locator('[data-line]').first().locator('select').focus()
    await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory()
      const out = await (await root.getFileHandle('scan-0001.pdf', { create: true })).createWritable()
      await out.write('%PDF-1.4 from the scanner')
      await out.close()
    })
    await page.locator('[data-line]').first().getByText('scan-0001.pdf').waitFor()
  }, { stays: true })
  await j.step('everything is kept', press('Зберегти й відкласти'))
  await j.step('the visitor goes on', (page) => page.getByRole('link', { name: /Джмеленко/ }).first().click())
  const kept = await j.page.locator('#documents').innerText()
  for (const name of ['кинутий.pdf', 'фото-1.jpg', 'scan-0001.pdf']) assert.ok(kept.includes(name), `${name} is not kept`)
  await j.step('registered', press('Зареєструвати'))
  await j.step('the case has the answers', press('Відкрити справу'))
  const work = await j.page.locator('main').innerText()
  for (const words of ['с. Вишневе, вул. Садова, 3', 'Для банку', 'scan-0001.pdf']) assert.ok(work.includes(words), `the case says nothing of ${words}`)
})

// The site keeps the language of whoever has chosen one, so this clerk is in no other journey.
journey('a visitor is received in English', async (j) => {
  await signIn(j, 'admin4.orlopil')
  await j.open('unfinished visits', `${inside}/counter?lang=en`)
  await j.step('a new visitor', press('New visitor'))
  await j.step('nobody is known', async (page) => {
    await page.getByLabel('Find the visitor').fill('14360570')
    await page.keyboard.press('Enter')
  })
  assert.match(await j.page.getByRole('status').first().innerText(), /fields of a legal entity|found/)
  await j.step('the service', async (page) => {
    await page.getByLabel('Surname').first().fill('Їжакевич')
    await page.getByLabel('Service', { exact: true }).fill('01-06/04')
    await page.keyboard.press('Enter')
  })
  await j.step('what is wrong', press('Register'), { status: 422 })
  await j.step('the visitor has left', press('The visitor has left'))
})
