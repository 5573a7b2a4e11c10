// A hall: people take tickets, two clerks call at once, somebody does not come and keeps the place, the board and the kiosk follow by
// themselves, the counter opens with whoever was called, and the head closes the intake.
import { strict as assert } from 'node:assert'
import { journey, key, main, portal, press } from './portal.mjs'

const inside = portal.internal_site

// A kiosk that nobody touches goes back to its beginning, which a journey on a busy machine must not meet.
const patient = (page) => page.addInitScript(() => {
  const real = window.setTimeout
  window.setTimeout = (f, ms, ...more) => real(f, ms === 30_000 ? 2 ** 31 - 1 : ms, ...more)
})

const plain = (text) => text.replace(/\s+/g, ' ').trim()
const called = async (page) => plain(await page.locator('#at ~ .govuk-heading-xl').innerText())
const row = (board, label) => board.locator('tbody tr').filter({ hasText: label.replace(' ', '\u00a0') })

/** Presses a key of a clerk, and waits for what stands at the window then. */
async function act(page, letter, says) {
  await key(letter)(page)
  await page.getByRole('heading', { name: says }).waitFor()
}

journey('people in a hall stand in one order', async (j) => {
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
  await act(one, 'f', 'Біля вікна нікого')

  await act(two, 'c', 'Зараз у вас')
  await act(two, 'p', 'Біля вікна нікого')
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
})
