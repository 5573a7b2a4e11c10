// A working day of a region around one case: a service of four stages, two of them of two authorities at the same time, with all that can
// come between. A clerk receives a visitor and hands the application over; an inspector asks another authority and lets the case stand
// until the applicant has answered from the page of its state; the chief architect is away and is stood in for; both authorities end
// their stages at once, the one that stands later on the card first, while a third person has the case before them; the
// head decides, which waits for both, and corrects the decision; the head of the centre gives the case to a colleague, who hands the result over. The portal
// administrator adds a day off, which moves the deadlines, and takes it out again; the regional manager looks on, and writes for citizens
// who gives a service that the portal does not.
import { strict as assert } from 'node:assert'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { pdf } from './files.mjs'
import { withDatabases } from './nodes.mjs'
import { journey, main, portal, press, reloadUntil } from './portal.mjs'

const inside = portal.internal_site
const outside = portal.external_site
const service = '01-05/02' // closing an order for works; 5 days by its card
const unfold = (page, summary) => page.locator('summary').filter({ hasText: summary }).first().click()
const today = () => new Date()

async function typeDay(group, date) {
  await group.getByLabel('День').fill(String(date.getDate()))
  await group.getByLabel('Місяць').fill(String(date.getMonth() + 1))
  await group.getByLabel('Рік').fill(String(date.getFullYear()))
}

/**
 * The technological card of the journey: the departments of public spaces and of architecture work at the same time once the application
 * was received, and the decision waits for both.
 */
async function publishFourStages() {
  const name = (uk, en) => ({ uk, en })
  const clerk = name('Адміністратор', 'Administrator')
  await withDatabases(async (db) => {
    const { rows: [{ id, tech, authority }] } = await db.query(`
      select s.id, s.authority_id as authority, (select t.content from catalogue.tech_cards t where t.service_id = s.id and t.published order by number desc limit 1) as tech
      from catalogue.services s where s.code = $1`, [service])
    const { rows: [{ id: architecture, official }] } = await db.query(`
      select a.id, (select st->'official' from catalogue.tech_cards t, jsonb_array_elements(t.content->'stages') st
                    where t.published and st->>'action' = 'agrees' and st->>'authority_id' = a.id::text and st->'official'->>'en' ilike '%architect%' limit 1) as official
      from org.authorities a join access.roles r on r.authority_id = a.id join access.users u on u.id = r.user_id where u.login = 'head.architecture'`)
    const head = tech.stages.find((stage) => stage.action === 'approves')
    const inspector = tech.stages.find((stage) => stage.action === 'executes' && stage.authority_id)
    const stages = [
      { ...tech.stages[0], id: 'received', official: clerk, days: 0 },
      { ...inspector, id: 'visit', after: ['received'], name: name('Виїзд на місце', 'Visiting the place'), days: 2 },
      { ...inspector, id: 'agreed', after: ['received'], name: name('Погодження архітектора', 'Agreement of the architect'), official, authority_id: architecture, action: 'agrees', days: 3 },
      { ...head, id: 'closed', after: ['visit', 'agreed'], name: name('Закриття ордера', 'Closing the order'), authority_id: authority, days: 1 },
    ]
    await db.query(`insert into catalogue.tech_cards (id, service_id, number, state, effective_from, content, created_at, created_by, published_at, published)
      select $1, service_id, number + 1, state, effective_from, $2, created_at, created_by, published_at, true
      from catalogue.tech_cards where service_id = $3 and published order by number desc limit 1`,
    [randomUUID(), JSON.stringify({ ...tech, stages }), id])
  })
}

/** Moves what has happened to the case so far to the days of the reasoning below. Days are moved inside; acts happen when they do. */
async function happenedIn2026(id, days) {
  await withDatabases(async (db) => {
    await db.query('begin')
    await db.query(`set local session_replication_role = replica`)
    for (const [kind, at] of Object.entries(days)) {
      const { rowCount } = await db.query('update cases.events set at = $2 where case_id = $1 and kind = $3', [id, at, kind])
      assert.ok(rowCount > 0, `the case has no event «${kind}» yet`)
    }
    await db.query('update cases.cases set filed_at = $2, registered_at = $2 where id = $1', [id, days.registered])
    await db.query(`update cases.stages set started_at = $2, finished_at = case position when 1 then $2::timestamptz end where case_id = $1 and state <> 'waiting'`,
      [id, days.registered])
    await db.query('commit')
  })
}

/** Opens the page until it says all of the words. */
async function says(j, name, url, ...words) {
  await j.page.goto(url)
  for (const text of words) await reloadUntil(j, text)
  await j.check(name)
}

async function receive(j) {
  await j.as('admin2.orlopil')
  await j.open('unfinished visits', `${inside}/counter`)
  await j.step('a new visitor', press('Новий відвідувач'))
  await j.step('not known', async (page) => {
    await page.getByLabel('Знайти відвідувача').fill('3184710780')
    await page.keyboard.press('Enter')
  })
  await j.step('the service', async (page) => {
    await page.getByLabel('Прізвище').first().fill('Працьовита')
    await page.getByLabel('Ім’я').first().fill('Їванна')
    await page.getByLabel('Телефон').fill('067 123 45 68')
    await page.getByLabel('Послуга').fill(service)
    await page.keyboard.press('Enter')
  })
  await j.step('registered', press('Зареєструвати'))
  const papers = await main(j)
  const number = papers.match(/\d{2}-\d{4}-\d{6}/)[0]
  const code = papers.match(/([0-9A-Z]{4}[-\s]+){4}[0-9A-Z]{5}/)[0].replace(/\s+/g, '')
  await j.step('the case', press('Відкрити справу'))
  return { number, code, address: new URL(j.page.url()).pathname, id: new URL(j.page.url()).pathname.split('/')[2] }
}

/** An inspector asks the department of transport, which answers and sees nothing of the applicant. */
async function ask(j, one) {
  await j.as('officer1.improvement')
  await j.open('the case at the authority', inside + one.address)
  await j.step('the form of a request', (page) => page.getByRole('link', { name: 'Надіслати міжвідомчий запит' }).click())
  await j.step('asked', async (page) => {
    const choice = page.getByLabel('Кого запитують')
    await choice.selectOption({ label: (await choice.locator('option').allInnerTexts()).find((text) => text.startsWith('Департамент транспорту та дорожньої інфраструктури')) })
    await page.getByLabel('Що саме потрібно').fill('Чи відновлено дорожню розмітку')
    await page.getByLabel('Строк відповіді, днів').fill('3')
    await page.getByRole('checkbox', { name: 'Послуга', exact: true }).check()
    await press('Надіслати запит')(page)
  })
  const request = new URL(j.page.url()).pathname
  await j.as('officer1.transport')
  await j.open('the request', inside + request)
  assert.ok(!(await main(j)).includes('Працьовита'), 'the asked authority is told the applicant')
  await j.step('answered', async (page) => {
    await page.getByRole('textbox', { name: 'Відповідь', exact: true }).fill('Розмітку відновлено.')
    await press('Надіслати відповідь')(page)
  })
}

/** The case stands until the applicant has sent the document that is asked for, by the page that the slip's code opens. */
async function suspend(j, one) {
  await j.as('officer1.improvement')
  await j.open('the case again', inside + one.address)
  await j.step('asked of the applicant', async (page) => {
    await unfold(page, 'Зупинити розгляд')
    await page.getByLabel('Причина зупинення').fill('Фото нечіткі.')
    await page.getByRole('group', { name: 'Яких документів бракує' }).getByRole('checkbox', { name: /Фото місця/ }).check()
    const until = today()
    until.setDate(until.getDate() + 14)
    await typeDay(page.getByRole('group', { name: 'До якого дня чекати' }), until)
    await press('Зупинити')(page)
  })
  await j.visit()
  await j.open('follow', `${outside}/track?number=${one.number}`)
  const deadline = Date.now() + 300_000 // only ends what hangs
  for (;;) {
    await j.page.locator('[name=code]').fill(one.code)
    j.expect(422, 404)
    await j.page.getByRole('button', { name: 'Перевірити' }).first().click()
    await j.page.waitForLoadState()
    if (j.page.url().includes('/track/status')) break
    assert.ok(Date.now() < deadline, 'waited in vain for the case outside')
  }
  await reloadUntil(j, 'Що від вас потрібно')
  await j.check('what is asked')
  await j.step('the reply', (page) => page.getByRole('button', { name: 'Відповісти й додати документи' }).click())
  await j.step('the file is added', async (page) => {
    await page.locator('input[type=file]').first().setInputFiles({ name: 'photos.pdf', mimeType: 'application/pdf', buffer: pdf('photos') })
    await press('Додати вибрані файли')(page)
  })
  await j.step('sent', press('Надіслати'))
  await reloadUntil(j, 'долучено до справи')
  await reloadUntil(j, 'Розглядають') // the clock runs once the site has taken over what the worker received
  await j.check('the reply has come')
}

/** The deadlines, by the history that the case is given. 2 November 2026 is a Monday. */
async function deadlines(j, one) {
  await happenedIn2026(one.id, {
    registered: '2026-11-02 10:00+02', stage_finished: '2026-11-02 10:00+02', suspended: '2026-11-03 10:00+02', resumed: '2026-11-10 10:00+02',
  })
  // The case has 5 days, fewer than ten, so working days from the day after the application: Tuesday 3 is the first. The clock stands
  // from the day after Tuesday 3 up to Tuesday 10. Of what follows, Thursday 12 is a day off: Wednesday 11 is the second, Friday 13 the
  // third, Monday 16 the fourth, Tuesday 17 the fifth. Both authorities began on Monday 2: the inspector's 2 days are Tuesday 3 and
  // Wednesday 11, the architect's 3 end on Friday 13.
  await dayOff(j, 12, true)
  await j.as('head.orlopil')
  await says(j, 'the deadlines with a day off', inside + one.address, '17 листопада 2026', '11.11.2026', '13.11.2026')
  // Without it: 3, 11, 12, 13 and Monday 16 for the case; the architect's third day is Thursday 12.
  await dayOff(j, 12, false)
  await j.as('head.orlopil')
  await says(j, 'the deadlines by the plain week', inside + one.address, '16 листопада 2026', '11.11.2026', '12.11.2026')
}

/** The portal administrator makes a day of November 2026 a day off, or a plain one again. */
async function dayOff(j, day, off) {
  await j.as('portal.admin')
  if (off) {
    await j.open('the calendar', `${inside}/calendar`)
    await j.step('a day', (page) => page.getByRole('link', { name: 'Додати день' }).or(page.getByRole('button', { name: 'Додати день' })).first().click())
    await j.step('what it changes', async (page) => {
      await typeDay(page.getByRole('group', { name: 'Дата' }), new Date(2026, 10, day))
      await page.getByRole('radio', { name: 'Вихідний' }).check()
      await page.getByLabel('Чому цей день особливий, українською').fill('Перенесений вихідний')
      await page.getByLabel('Те саме англійською').fill('A moved day off')
      await press('Продовжити')(page)
    })
  } else {
    await j.open('taking the day out', `${inside}/calendar/days/2026-11-${day}/remove`)
  }
  assert.match(await main(j), /строк.*зсун/i, 'the page says which terms move')
  await j.step('recounted', press('Зберегти'))
}

/** The chief architect is away; returns who stands in, and agrees for them. */
async function standIn(j) {
  // An earlier run in the same demo has left an absence on the same days.
  await withDatabases((db) => db.query(`update offices.absences set ended_at = now() where ended_at is null and user_id = (select id from access.users where login = 'head.architecture')`))
  await j.as('head.architecture')
  await j.open('who is away', `${inside}/offices`)
  await j.step('away', async (page) => {
    await unfold(page, 'Записати відсутність')
    const absent = page.getByLabel('Хто', { exact: true })
    if (await absent.count() > 0) await absent.selectOption({ label: 'Я' })
    const last = today()
    last.setDate(last.getDate() + 2)
    await typeDay(page.getByRole('group', { name: 'Перший день' }), today())
    await typeDay(page.getByRole('group', { name: 'Останній день' }), last)
    const substitute = page.getByLabel('Хто заміщує')
    await substitute.selectOption({ label: (await substitute.locator('option').allInnerTexts()).find((text) => text.startsWith('Межова Катерина')) })
    await page.getByLabel('Причина').fill('Відрядження')
    await press('Записати')(page)
  })
  const { rows: [substitute] } = await withDatabases((db) => db.query(`
    select s.login, s.full_name as own, a.full_name as name from offices.absences x join access.users a on a.id = x.user_id join access.users s on s.id = x.substitute_id
    where a.login = 'head.architecture' order by x.id desc limit 1`))
  return substitute
}

/**
 * Both authorities end their stages at once, in two browsers, the one whose row comes later first: the stage that waits for both begins
 * once. A second inspector who has the case before them is told who was there, and loses nothing.
 */
async function together(j, one, substitute) {
  await j.as('officer2.improvement')
  await j.open('the case before a second one', inside + one.address)
  const architect = await j.as(substitute.login)
  await j.open('the case for the substitute', inside + one.address)
  await j.as('officer1.improvement')
  await j.open('the answers', inside + one.address)
  const seen = await main(j)
  for (const words of ['photos.pdf', 'Розгляд поновлено']) assert.ok(seen.includes(words), words)
  await j.page.getByText('Бруківник Сергій Антонович дивиться цю справу').waitFor()
  const agreed = architect.waitForResponse((r) => r.request().isNavigationRequest() && r.status() === 200)
  await j.step('visited', (page) => Promise.all([press('Завершити етап')(architect), press('Завершити етап')(page)]))
  await agreed
  await j.as(substitute.login)
  await j.page.waitForLoadState('load')
  await j.check('agreed')
  const { rows: [joined] } = await withDatabases((db) => db.query(`
    select count(*) filter (where s.state = 'done')::int as finished, count(*) filter (where s.state = 'active' and s.position = 4)::int as active,
           (select count(*)::int from cases.events e where e.case_id = $1 and e.kind = 'stage_started' and e.text like '%Закриття ордера%') as begun
    from cases.stages s where s.case_id = $1`, [one.id]))
  assert.deepEqual(joined, { finished: 3, active: 1, begun: 1 }, 'the stage that waits for both begins once')
  await j.as('officer2.improvement')
  await j.step('too late', async (page) => {
    await unfold(page, 'Заявник відкликав заяву')
    await page.getByLabel('Заява про відкликання').fill('№ 7 від сьогодні')
    await press('Припинити розгляд')(page)
  }, { status: 409 })
  assert.match(await j.page.locator('.govuk-error-summary').innerText(), new RegExp(`Прялка Юлія Борисівна|${substitute.own}`), 'who was faster')
  assert.ok((await j.page.content()).includes('№ 7 від сьогодні'), 'what was typed is lost')
  await j.as('head.improvement')
  await j.open('the case for the head', inside + one.address)
  assert.ok((await main(j)).includes(substitute.name), 'the history does not say for whom')
}

/** The head of the authority decides, and mends a slip in what the decision rests on. */
async function decide(j) {
  await j.step('decided', async (page) => {
    await unfold(page, 'Ухвалити рішення')
    await page.getByRole('radio', { name: 'Надати послугу' }).check()
    await press('Зберегти рішення')(page)
  })
  await j.step('corrected', async (page) => {
    await unfold(page, 'Виправити рішення')
    await page.getByLabel('Нове мотивування').fill('Покриття відновлено за адресою вул. Садова, 28.')
    await page.getByLabel('Що й чому виправлено').fill('Виправлено описку в адресі.')
    await press('Зберегти виправлене рішення')(page)
  })
  assert.match(await main(j), /Рішення виправлено/)
}

/** The head of the centre gives the case to a colleague, who hands the result over and puts the case away. */
async function handOver(j, one) {
  await j.as('head.orlopil')
  await j.open('the case for the head of the centre', inside + one.address)
  await j.step('given to a colleague', async (page) => {
    await unfold(page, 'Передати колезі')
    const choice = page.getByLabel('Кому')
    await choice.selectOption({ label: (await choice.locator('option').allInnerTexts()).find((text) => text.startsWith(one.colleague)) })
    await press('Передати')(page)
  })
  await j.as('admin1.orlopil')
  await j.open('what is to be handed over', `${inside}/cases?view=issue`)
  await j.step('the case of the visitor', (page) => page.getByRole('link', { name: one.number, exact: true }).click())
  await j.step('to whom', press('Результат видано'))
  await j.step('handed over and put away', async (page) => {
    await page.locator('input[name=identity_number]').fill('000123456')
    await press('Результат видано')(page)
  })
  await j.as('manager.region')
  await says(j, 'the case for the regional manager', inside + one.address, 'закрито')
  assert.equal(await j.page.locator('main form[action*="/act"]').count(), 0, 'the regional manager acts')
}

/** The regional manager writes who gives what a citizen has looked for in vain, whom the search tells then; it is hidden again. */
async function saysWhoGivesIt(j) {
  const search = `${outside}/services?q=${encodeURIComponent('оселедцевий патент')}`
  await j.open('a search in vain', search)
  assert.doesNotMatch(await main(j), /Рибоохоронний патруль/)
  await j.as('manager.region')
  await j.open('what the portal does not give', `${inside}/elsewhere`)
  await j.step('a new entry', (page) => page.getByRole('button', { name: 'Додати запис' }).click())
  const type = async (page, fields) => { for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text) }
  await j.step('an address that is none', async (page) => {
    await type(page, {
      'Назва українською': 'Патент на оселедці', 'Назва англійською': 'Herring patent', 'Якими словами шукають': 'оселедцевий патент, ловити оселедці',
      'Хто надає, українською': 'Рибоохоронний патруль', 'Адреса сторінки': 'http://patrol.example', Телефон: '1599', 'Як отримати, українською': 'Запишіться заздалегідь',
    })
    await press('Зберегти')(page)
  }, { status: 422 })
  await j.step('what citizens would read', async (page) => {
    await type(page, { 'Адреса сторінки': 'https://patrol.example' })
    await press('Переглянути')(page)
  })
  assert.match(await j.page.locator('.portal-answer').innerText(), /Рибоохоронний патруль[\s\S]*Запишіться заздалегідь[\s\S]*1599/)
  await j.step('saved', press('Зберегти'))
  const entry = j.page.url()
  await j.page.goto(search)
  await reloadUntil(j, 'Рибоохоронний патруль')
  await j.check('what the citizen is told')
  assert.match(await main(j), /Запишіться заздалегідь[\s\S]*Телефон: 1599[\s\S]*Перевірено/)
  await j.open('the entry', entry)
  await j.step('it is so still', press('Усе правильно'))
  await j.step('its form', (page) => page.getByRole('button', { name: 'Редагувати' }).click())
  await j.step('hidden again', async (page) => {
    await page.getByLabel('Показувати на публічному сайті').uncheck()
    await press('Зберегти')(page)
  })
  await j.page.goto(search)
  const deadline = Date.now() + 300_000 // only ends what hangs
  while ((await main(j)).includes('Рибоохоронний патруль')) {
    assert.ok(Date.now() < deadline, 'waited in vain until citizens do not see it any more')
    await j.page.reload()
  }
}

/** The regional manager publishes a filled sample, which citizens find on the card and open; it is taken back with a reason. */
async function showsASample(j) {
  await j.open('the service', `${inside}/services?q=${encodeURIComponent(service)}`)
  await j.step('its page', (page) => page.locator('main table a[href^="/services/"]').first().click())
  await j.step('its samples', (page) => page.getByRole('link', { name: 'Зразки заповнення' }).click())
  const samples = j.page.url()
  await j.step('a sample without words', async (page) => {
    await page.getByLabel('Файл', { exact: true }).setInputFiles({ name: 'zrazok.pdf', mimeType: 'application/pdf', buffer: pdf('Zrazok') })
    await press('Оприлюднити зразок')(page)
  }, { status: 422 })
  await j.step('published', async (page) => {
    await page.getByLabel('Файл', { exact: true }).setInputFiles({ name: 'zrazok.pdf', mimeType: 'application/pdf', buffer: pdf('Zrazok') })
    await page.getByLabel('Зразок чого це, українською').fill('Заповнений ордер')
    await page.getByLabel('Що на зразку, українською').fill('У першому полі – вигадане прізвище')
    await press('Оприлюднити зразок')(page)
  })
  await j.page.goto(`${outside}/services/${service.replace('/', '~')}`)
  await reloadUntil(j, 'Заповнений ордер')
  const link = j.page.getByRole('link', { name: 'Заповнений ордер' })
  const deadline = Date.now() + 300_000 // only ends what hangs
  while (await link.count() === 0) {
    assert.ok(Date.now() < deadline, 'waited in vain for the file of the sample')
    await j.page.reload()
  }
  await j.check('the card with its sample')
  assert.match(await main(j), /Зразки заповнення[\s\S]*Заповнений ордер[\s\S]*PDF[\s\S]*У першому полі – вигадане прізвище/)
  const [download] = await Promise.all([j.page.waitForEvent('download'), link.click()])
  assert.deepEqual(await readFile(await download.path()), pdf('Zrazok'), 'the sample is the file that staff published')
  await j.open('the samples again', samples)
  await j.step('why it goes', (page) => page.getByRole('link', { name: /^Прибрати.*Заповнений ордер/ }).click())
  await j.step('taken back', async (page) => {
    await page.getByLabel('Причина').fill('Форма змінилася')
    await press('Прибрати зразок')(page)
  })
  await j.page.goto(`${outside}/services/${service.replace('/', '~')}`)
  while ((await main(j)).includes('Заповнений ордер')) {
    assert.ok(Date.now() < deadline + 300_000, 'waited in vain until citizens do not see the sample any more')
    await j.page.reload()
  }
}

journey('a case of four stages and two authorities', async (j) => {
  await publishFourStages()
  const one = await receive(j)
  await withDatabases(async (db) => {
    const { rows: [{ name }] } = await db.query(`select full_name as name from access.users where login = 'admin1.orlopil'`)
    one.colleague = name
  })
  await ask(j, one)
  await suspend(j, one)
  await deadlines(j, one)
  await together(j, one, await standIn(j))
  await decide(j)
  await handOver(j, one)
  await j.visit()
  await says(j, 'what the applicant reads', `${outside}/track/status`, 'Виправлено описку в адресі', 'за адресою вул. Садова, 28')
  await saysWhoGivesIt(j)
  await j.as('manager.region')
  await showsASample(j)
})
