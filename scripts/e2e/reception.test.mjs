// A hall: people take tickets, two clerks call at once, somebody does not come and keeps the place, the board and the kiosk follow by
// themselves, the counter opens with whoever was called, and the head closes the intake.
import { strict as assert } from 'node:assert'
import { withDatabases } from './nodes.mjs'
import { journey, key, main, portal, press, reloadUntil } from './portal.mjs'

const inside = portal.internal_site
const outside = portal.external_site

// A kiosk that nobody touches goes back to its beginning, which a journey on a busy machine must not meet.
const patient = (page) => page.addInitScript(() => {
  const real = window.setTimeout
  window.setTimeout = (f, ms, ...more) => real(f, ms === 30_000 ? 2 ** 31 - 1 : ms, ...more)
})

const plain = (text) => text.replace(/\s+/g, ' ').trim()
/** The date in Kyiv of a moment. */
const day = (moment) => new Date(moment).toLocaleDateString('sv', { timeZone: 'Europe/Kyiv' })
const called = async (page) => plain(await page.locator('#at ~ .govuk-heading-xl').innerText())
const row = (board, label) => board.locator('tbody tr').filter({ hasText: label.replace(' ', '\u00a0') })

/** Makes today a day that differs, whatever the clock says when the journey runs: open until midnight, or closed. */
const today = (open) => withDatabases(async (inner) => {
  await inner.query('delete from org.calendar_days where day = $1', [day(Date.now())])
  await inner.query(`
    update org.centres c set schedule = jsonb_set(c.schedule, '{exceptions}', jsonb_build_array(jsonb_build_object('date', $1::text, 'closed', not $2::boolean,
      'opens', '00:00', 'closes', '23:59', 'reason', jsonb_build_object('uk', 'Журнал', 'en', '')))) from reception.halls h where h.centre_id = c.id`, [day(Date.now()), open])
})

/** Brings an appointment to this moment, behind what stood at its window until now: no two may be there at once. */
const isNow = (number) => withDatabases((inner) => inner.query(`
  update reception.bookings b set begins_at = x.at, ends_at = greatest(x.at, now()) + interval '5 seconds'
  from (select me.id, greatest(now() - interval '30 seconds', (select max(o.ends_at) from reception.bookings o where o.window_id = me.window_id and o.id <> me.id
      and o.state in ('booked', 'arrived') and o.ends_at > now() - interval '30 seconds' and o.begins_at < now() + interval '5 seconds')) as at
    from reception.bookings me where replace(me.number, '-', '') = replace($1, '-', '')) x
  where b.id = x.id`, [number]))

/** Presses a key of a clerk, and waits for what stands at the window then. */
async function act(page, letter, says) {
  await key(letter)(page)
  await page.getByRole('heading', { name: says }).waitFor()
}

journey('people in a hall stand in one order', async (j) => {
  await today(true)
  await patient(await j.as('head.kamianostav'))
  await j.open('halls', `${inside}/reception`)
  await j.step('the hall', (page) => page.locator('main table a').first().click())
  const hall = j.page.url()
  const ticket = j.page
  const take = async (click) => {
    await ticket.goto(`${hall}/kiosk`)
    await click(ticket.getByRole('button', { name: 'Подати заяву' }))
    await ticket.locator('.ticket__label').waitFor()
    await j.check('a ticket')
    return plain(await ticket.locator('.ticket__label').innerText())
  }
  const first = await take((button) => button.dblclick())
  const second = await take((button) => button.click())
  const number = (label) => Number(label.slice(2))
  assert.equal(number(second), number(first) + 1, `a double press printed two tickets: ${first}, ${second}`)
  await j.open('the kiosk', `${hall}/kiosk`)
  await j.step('who goes first, and why', (page) => page.getByRole('link', { name: 'Маю право поза чергою' }).click())
  await j.step('the reason is chosen', (page) => page.getByRole('link', { name: /Ветерани/ }).click())
  await j.step('a ticket out of turn', (page) => page.getByRole('button', { name: 'Подати заяву' }).click())
  assert.match(await main(j), /Документ покажіть біля вікна/)
  const veteran = plain(await j.page.locator('.ticket__label').innerText())
  const last = await take((button) => button.click())

  const board = await j.page.context().newPage()
  j.watch(board)
  await board.goto(`${hall}/board`)

  const sits = async (login, window) => {
    const page = await j.as(login)
    await page.goto(`${hall}/window`)
    await press(window)(page)
    await page.getByRole('heading', { name: window }).waitFor()
    return page
  }
  const one = await sits('admin1.kamianostav', 'Вікно 1')
  const two = await sits('admin2.kamianostav', 'Вікно 2')

  // Both press at once. Whoever goes first by law and whoever came first are called, each by one of them.
  const callNext = async (page) => {
    await page.getByRole('button', { name: /Запросити наступного/ }).click()
    await page.getByRole('heading', { name: 'Запрошено до вас' }).waitFor()
    return called(page)
  }
  const [atOne, atTwo] = await Promise.all([callNext(one), callNext(two)])
  assert.deepEqual([atOne, atTwo].sort(), [first, veteran].sort())
  await row(board, atOne).and(board.locator('.board__row--called')).waitFor()
  await row(board, atTwo).and(board.locator('.board__row--called')).waitFor()
  assert.match(plain(await row(board, atOne).innerText()), / 1$/)
  assert.match(plain(await row(board, atTwo).innerText()), / 2$/)

  // One does not come, and keeps the place: before whoever took a ticket later.
  await j.as('admin1.kamianostav')
  await j.check('somebody is called')
  await j.step('does not come', key('m'))
  await row(board, atOne).waitFor({ state: 'detached' })
  await j.step('comes back', (page) => page.getByRole('row').filter({ hasText: atOne.replace(' ', '\u00a0') }).getByRole('button', { name: /Повернути в чергу/ }).click())
  await j.step('is called again', key('n'))
  assert.equal(await called(j.page), atOne, 'whoever did not come has lost the place')
  await row(board, atOne).waitFor()
  await j.step('the counter opens with them', key('o'))
  assert.match(await main(j), /Відвідувач із черги/)
  await j.open('the window again', `${hall}/window`)
  await j.step('the next one at once', key('n'))
  assert.equal(await called(j.page), second)
  await act(one, 'c', 'Зараз у вас')
  // They are sent to the other window with a note, and keep their place there.
  await one.getByLabel('Куди переадресувати').selectOption({ label: 'Вікно 2' })
  await one.getByLabel('Примітка для того, хто прийме далі').fill('бракує копії')
  await j.check('to be sent on')
  await one.getByLabel('Примітка для того, хто прийме далі').blur()
  await act(one, 't', 'Біля вікна нікого')

  await act(two, 'c', 'Зараз у вас')
  await act(two, 'p', 'Біля вікна нікого')
  await act(two, 'n', 'Запрошено до вас')
  assert.equal(await called(two), second)
  await two.getByText('Примітка від вікна 1: бракує копії').waitFor()
  await j.as('admin2.kamianostav')
  await j.check('who was sent here')
  await act(two, 'c', 'Зараз у вас')
  await act(two, 'f', 'Біля вікна нікого')
  await act(two, 'n', 'Запрошено до вас')
  assert.equal(await called(two), last)
  await act(two, 'c', 'Зараз у вас')
  await act(two, 'f', 'Біля вікна нікого')
  await two.getByRole('row').filter({ hasText: atTwo.replace(' ', '\u00a0') }).getByRole('button', { name: /^Запросити/ }).click()
  await two.getByRole('heading', { name: 'Запрошено до вас' }).waitFor()
  await act(two, 'c', 'Зараз у вас')
  await act(two, 'f', 'Біля вікна нікого')
  await board.getByText('Поки нікого не запрошують').waitFor()
  for (const page of [one, two]) {
    await page.getByRole('button', { name: 'Звільнити вікно' }).click()
    await page.getByRole('heading', { name: 'Виберіть вікно' }).waitFor()
  }

  // The head closes the intake: the kiosk and the board say so by themselves.
  await board.goto(`${hall}/kiosk`)
  await j.as('head.kamianostav')
  await j.open('the hall now', hall)
  await j.step('no word', press('Припинити видачу талонів'), { status: 422 })
  await j.step('closed', async (page) => {
    await page.getByLabel('Що сказати людям').fill('На сьогодні талони закінчилися. Приходьте завтра з 8:00')
    await press('Припинити видачу талонів')(page)
  })
  await board.getByText('Приходьте завтра з 8:00').waitFor()
  await j.step('opened again', press('Видавати талони знову'))
  await board.getByRole('button', { name: 'Подати заяву' }).waitFor()
  await board.close()
  await j.open('the board', `${hall}/board`)
  await j.open('settings', `${hall}/offer`)

  // Outside the hours the kiosk gives none and says when it does; a clerk may give one by hand, whose person is called like everybody.
  await j.step('the last ticket', async (page) => {
    await page.getByLabel('За скільки хвилин до закриття').fill('1') // the journey may run late in the evening
    await page.locator('button[value=last]').click()
  })
  await today(false)
  await j.open('the kiosk of a hall that is shut', `${hall}/kiosk`)
  assert.match(await main(j), /Зараз не приймають\. Талони видаватимуть: .*, з \d\d:\d\d/)
  assert.equal(await j.page.getByRole('button', { name: 'Подати заяву' }).count(), 0)
  const byHand = await j.as('admin1.kamianostav')
  await j.open('windows', `${hall}/window`)
  await j.step('sits down', press('Вікно 1'))
  assert.match(await main(j), /Термінал талонів зараз не видає/)
  await j.step('by hand', async (page) => {
    await page.locator('select[name=group]').selectOption({ index: 1 })
    await press('Дати талон')(page)
  })
  const given = (await main(j)).match(/Талон (\S\s\d{3}) дано/)[1]
  await act(byHand, 'n', 'Запрошено до вас')
  assert.equal(await called(byHand), plain(given))
  await act(byHand, 'c', 'Зараз у вас')
  await act(byHand, 'f', 'Біля вікна нікого')
  await byHand.getByRole('button', { name: 'Звільнити вікно' }).click()
  await byHand.getByRole('heading', { name: 'Виберіть вікно' }).waitFor()
  await j.visit()
  await j.open('queues while it is shut', `${outside}/halls`)
  await j.step('the queue of a hall that is shut', (page) => page.getByRole('link', { name: 'Кам’яностава' }).click())
  await reloadUntil(j, 'Зараз талонів не видають. Видаватимуть:')
  await j.check('when tickets are given again')
  await today(true)
  await reloadUntil(j, 'Приймають до 23:59, останній талон видають до 23:58')
  await j.check('it is open')
})

// A time is booked on the public site, with its number the page of the appointment is followed, it is given back, and the time is free
// again; another appointment becomes a ticket at the kiosk, and its person is called before whoever walked in.
journey('a citizen books a time, gives it back, and another is called', async (j) => {
  await today(true)
  await patient(j.page)
  const book = async (name) => {
    await j.open('what can be booked', `${outside}/book`)
    await j.step('free times', (page) => page.getByRole('link', { name: /Подати заяву/ }).first().click())
    // On the last day, whose first time does not come too near while the journey goes on.
    await j.step('another day', (page) => page.getByRole('navigation', { name: 'Дні, на які є час' }).getByRole('link').last().click())
    const form = j.page.url()
    await j.step('nothing is chosen', press('Записатися'), { status: 422 })
    await j.open('free times again', form)
    const at = await j.page.getByLabel(/^\d\d:\d\d$/).or(j.page.locator('select[name=at] option[value^="20"]')).first().evaluate((e) => e.value)
    await j.step('receipt', async (page) => {
      const radio = page.locator(`input[name=at][value="${at}"]`)
      if (await radio.count()) await radio.check()
      else await page.locator('select[name=at]').selectOption(at)
      await page.getByLabel('Як до вас звертатися').fill(name)
      await page.getByLabel('Погоджуюся').check()
      await press('Записатися')(page)
    })
    await j.step('the appointment', press('Чи записано мене'))
    await reloadUntil(j, 'Цей час ваш')
    await j.check('booked')
    const number = (await main(j)).match(/Номер запису\s+(\d{4})-(\d{4})/)
    return { at, form, number: number[1] + number[2] }
  }
  const first = await book('Ганна')
  const file = await j.page.request.get(`${outside}/track/booking.ics`)
  assert.match(await file.text(), new RegExp(`DTSTART:${first.at.replaceAll(/[-:]/g, '')}`))

  // The hall is closed on that day: the head sees whom that touches before it is saved, and one press outside moves the appointment.
  const head = await j.as('head.kamianostav')
  await j.open('halls, to close one', `${inside}/reception`)
  await j.step('the hall that closes', (page) => page.locator('main table a').first().click())
  const closing = j.page.url()
  await j.open('days off', `${closing}/offer/plan`)
  await j.step('whom it touches', async (page) => {
    for (const name of ['Перший день', 'Останній день']) await page.getByLabel(name).fill(day(first.at))
    await page.getByLabel('Причина').fill('Ремонт')
    await press('Додати дні')(page)
  })
  assert.ok((await main(j)).includes(`${first.number.slice(0, 4)}-${first.number.slice(4)}`), 'the appointment is not shown')
  await j.step('saved', press('Зберегти й повідомити людей'))
  await j.open('whom to warn', `${closing}/bookings`)
  assert.match(await main(j), /Ганна[^]*Прийняти в цей час не можна/)
  await j.visit()
  await reloadUntil(j, 'Потрібен інший час')
  await j.check('another time is needed')
  await j.step('moved by one press', (page) => page.locator('button[name=at]').first().click())
  await reloadUntil(j, 'Цей час ваш')
  await j.check('moved')
  await head.goto(`${closing}/offer/plan`)
  await head.getByRole('row').filter({ hasText: 'Ремонт' }).getByRole('button', { name: /Прибрати/ }).click()
  await head.getByText('Збережено').waitFor()

  await j.step('how to change it', (page) => page.getByRole('link', { name: 'Перенести або скасувати' }).click())
  await j.step('given back', press('Скасувати запис'))
  await reloadUntil(j, 'Запис скасовано, час звільнено')
  await j.check('cancelled')
  const second = await book('Олена')
  assert.equal(second.at, first.at, 'the time that was given back is not offered again')

  // The appointment is now: a journey waits for no day.
  await isNow(second.number)
  await patient(await j.as('head.kamianostav'))
  await j.open('halls', `${inside}/reception`)
  await j.step('the hall', (page) => page.locator('main table a').first().click())
  const hall = j.page.url()
  await j.open('appointments', `${hall}/bookings`)
  assert.match(await main(j), /Олена/)
  await j.open('how appointments are offered', `${hall}/offer/plan`)
  await j.open('the kiosk', `${hall}/kiosk`)
  await j.step('somebody who walked in', (page) => page.getByRole('button', { name: 'Подати заяву' }).click())
  const walked = plain(await j.page.locator('.ticket__label').innerText())
  const { rows: [{ waiting }] } = await withDatabases((inner) => inner.query(`
    select count(*)::int as waiting from reception.tickets t join reception.days d using (centre_id, day)
    where t.state = 'waiting' and t.centre_id = $1 and d.day = (now() at time zone 'Europe/Kyiv')::date`, [hall.split('/').at(-1)]))
  await j.open('queues, on the public site', `${outside}/halls`)
  await j.step('the queue of the hall', (page) => page.getByRole('link', { name: 'Кам’яностава' }).click())
  await reloadUntil(j, `${waiting === 1 ? 'Чекає' : 'Чекають'} ${waiting} люд`)
  await j.open('the kiosk again', `${hall}/kiosk`)
  await j.step('has an appointment', (page) => page.getByRole('link', { name: 'Я записаний' }).click())
  for (const digit of second.number.slice(0, -1)) {
    const typed = j.page.url()
    await j.page.getByRole('link', { name: digit, exact: true }).click()
    await j.page.waitForURL((url) => url.href !== typed)
  }
  await j.step('the number', (page) => page.getByRole('link', { name: second.number.at(-1), exact: true }).click())
  await j.step('the ticket', (page) => page.getByRole('button', { name: 'Я тут, дайте талон' }).click())
  assert.match(await main(j), /За записом на/)
  const booked = plain(await j.page.locator('.ticket__label').innerText())

  const clerk = await j.as('admin1.kamianostav')
  await j.open('the windows', `${hall}/window`)
  await press('Вікно 1')(clerk)
  await clerk.getByRole('heading', { name: 'Вікно 1' }).waitFor()
  for (const label of [booked, walked]) {
    await act(clerk, 'n', 'Запрошено до вас')
    assert.equal(await called(clerk), label)
    await act(clerk, 'c', 'Зараз у вас')
    await act(clerk, 'f', 'Біля вікна нікого')
  }

  // While a clerk sits there, everybody may know how long a ticket would take.
  await j.visit()
  await j.open('queues with a clerk, on the public site', `${outside}/halls`)
  await j.step('the queue with a clerk', (page) => page.getByRole('link', { name: 'Кам’яностава' }).click())
  await reloadUntil(j, 'якщо взяти талон зараз')
  await j.check('how long a ticket takes')
  await clerk.getByRole('button', { name: 'Звільнити вікно' }).click()
  await clerk.getByRole('heading', { name: 'Виберіть вікно' }).waitFor()
})

// Two matters are booked as one appointment without a script's help, shown together, and called together: the clerk takes up one after the
// other.
journey('a citizen books two matters at once', async (j) => {
  await today(true)
  await patient(j.page)
  await j.open('what can be booked', `${outside}/book`)
  await j.step('free times', (page) => page.getByRole('link', { name: /Подати заяву/ }).first().click())
  await j.step('something is added', async (page) => {
    await page.getByText('Додати ще одну справу до цього прийому').click()
    await page.getByLabel('Ще одна справа').selectOption({ label: 'Реєстрація місця проживання особи' })
    await press('Додати й показати час')(page)
  })
  assert.match(await main(j), /Що записуємо на один прийом[^]*Подати заяву[^]*Реєстрація місця проживання особи/)
  await j.step('another day', (page) => page.getByRole('navigation', { name: 'Дні, на які є час' }).getByRole('link').last().click())
  const at = await j.page.getByLabel(/^\d\d:\d\d$/).or(j.page.locator('select[name=at] option[value^="20"]')).first().evaluate((e) => e.value)
  await j.step('receipt', async (page) => {
    const radio = page.locator(`input[name=at][value="${at}"]`)
    if (await radio.count()) await radio.check()
    else await page.locator('select[name=at]').selectOption(at)
    await page.getByLabel('Як до вас звертатися').fill('Марія')
    await page.getByLabel('Погоджуюся').check()
    await press('Записатися')(page)
  })
  await j.step('the appointment', press('Чи записано мене'))
  await reloadUntil(j, 'Цей час ваш')
  assert.match(await main(j), /За той самий прийом, разом до \d+ хв\s+Реєстрація місця проживання особи/)
  await j.check('booked for two matters')
  const number = (await main(j)).match(/Номер запису\s+(\d{4}-\d{4})/)[1]
  const file = plain((await (await j.page.request.get(`${outside}/track/booking.ics`)).text()).replaceAll('\r\n ', ''))
  assert.match(file, /Реєстрація місця проживання особи/)

  await isNow(number)
  await patient(await j.as('head.kamianostav'))
  await j.open('halls', `${inside}/reception`)
  await j.step('the hall', (page) => page.locator('main table a').first().click())
  const hall = j.page.url()
  await j.open('appointments', `${hall}/bookings`)
  await j.step('has come', (page) => page.getByRole('row').filter({ hasText: number }).getByRole('button', { name: /^Прийшли/ }).click())
  const clerk = await j.as('admin1.kamianostav')
  await j.open('the windows', `${hall}/window`)
  await press('Вікно 1')(clerk)
  await clerk.getByRole('heading', { name: 'Вікно 1' }).waitFor()
  await act(clerk, 'n', 'Запрошено до вас')
  await j.check('somebody with two matters is called')
  await act(clerk, 'c', 'Зараз у вас')
  assert.match(await main(j), /Прийшли з 2 справами/)
  await j.step('the other matter, at the counter', (page) => page.getByRole('button', { name: /^Перейти до цієї справи/ }).click())
  assert.match(await main(j), /Реєстрація місця проживання особи/)
  await j.open('the window again', `${hall}/window`)
  assert.match(await main(j), /Зараз:[^]*Реєстрація місця проживання особи/)
  await act(clerk, 'f', 'Біля вікна нікого')
  await clerk.getByRole('button', { name: 'Звільнити вікно' }).click()
  await clerk.getByRole('heading', { name: 'Виберіть вікно' }).waitFor()
})
