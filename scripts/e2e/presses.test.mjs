// What work costs: how many presses of a key or a button, and how many pages, a simple case takes from the counter to the archive, an
// act takes, and the next case takes. What is typed into fields is counted apart. Before the desk was built, the same case took 20
// presses and 16 pages.
import { strict as assert } from 'node:assert'
import { journey, key, main, portal, press } from './portal.mjs'

const inside = portal.internal_site

/** Counts steps, each of which is one press; one that leads to a page costs the page too. */
class Cost {
  presses = 0
  pages = 0

  constructor(j) { this.j = j }

  async page(name, action) {
    this.presses++
    this.pages++
    await this.j.step(name, action)
  }

  async here(name, action) {
    this.presses++
    await this.j.step(name, action, { stays: true })
  }
}

/** Somebody has come for a place at a fair: found by nobody, written down, and the service chosen. */
async function receive(j, surname, tax) {
  await j.open('unfinished visits', `${inside}/counter`)
  await j.step('a new visitor', press('Новий відвідувач'))
  await j.step('not known', async (page) => {
    await page.getByLabel('Знайти відвідувача').fill(tax)
    await page.keyboard.press('Enter')
  })
  await j.step('the service', async (page) => {
    await page.getByLabel('Прізвище').first().fill(surname)
    await page.getByLabel('Ім’я').first().fill('Олена')
    await page.getByLabel('Послуга').fill('01-10/02')
    await page.keyboard.press('Enter')
  })
}

journey('a simple case from the counter to the archive', async (j) => {
  const cost = new Cost(j)
  await j.as('admin3.orlopil')
  await receive(j, 'Лічильна', '3184710767')
  await cost.page('registered and handed over', press('Зареєструвати й передати далі'))
  const number = (await main(j)).match(/\d{2}-\d{4}-\d{6}/)[0]

  await j.as('officer1.consumer')
  await j.open('what waits at the authority', `${inside}/cases?view=pool`)
  await cost.page('the case', (page) => page.getByRole('link', { name: number, exact: true }).click())
  const address = j.page.url().split('?')[0]
  await cost.here('the decision', key('KeyR'))
  await cost.here('granted', (page) => page.getByRole('radio', { name: 'Надати послугу' }).check())
  await cost.page('decided and passed on', press('Зберегти рішення й завершити наступний етап'))

  await j.as('admin3.orlopil')
  await j.open('to be issued here', `${inside}/cases?view=issue`)
  await cost.here('beside the list', async (page) => {
    await page.getByRole('link', { name: `Переглянути справу ${number} поруч` }).or(page.locator('tr', { hasText: number }).locator('[data-portal-peek]')).first().click()
    await page.locator('.portal-desk__preview', { hasText: number }).waitFor()
  })
  await cost.page('to whom it is handed over', key('KeyI'))
  assert.match(await j.page.getByLabel(/папер|документ/i).last().inputValue(), /^Рішення № /, 'what is handed over is filled in')
  await j.page.keyboard.type('123456789') // the field of the number has the focus
  await cost.page('handed over and put away', key('Control+Enter'))
  await j.open('the case in the archive', address)
  assert.match(await main(j), /закрито/)

  console.log(`a simple case: ${cost.presses} presses, ${cost.pages} pages, beside 9 digits of a passport (20 and 16 before)`)
  assert.ok(cost.presses <= 8, `${cost.presses} presses`)
  assert.ok(cost.pages <= 6, `${cost.pages} pages`)
})

journey('an act and the next case', async (j) => {
  const costs = {}
  const counted = async (name, steps) => {
    const cost = new Cost(j)
    await steps(cost)
    costs[name] = cost.presses
  }
  await j.as('admin3.orlopil')
  await j.open('what nobody has taken', `${inside}/cases?view=pool`)
  await j.step('a case', (page) => page.locator('th a[href^="/cases/"]').first().click())
  await counted('take', (cost) => cost.page('taken', key('KeyT')))
  await counted('note', async (cost) => {
    await cost.here('a note', key('KeyN'))
    await j.page.keyboard.type('Зателефонувати')
    await cost.page('noted', key('Control+Enter'))
  })
  await counted('finish a stage', (cost) => cost.page('finished', key('KeyE')))
  await counted('undo', (cost) => cost.page('undone', key('KeyZ')))
  await j.open('what nobody has taken', `${inside}/cases?view=pool`)
  await j.step('a case', (page) => page.locator('th a[href^="/cases/"]').first().click())
  const before = j.page.url()
  await counted('next case', (cost) => cost.page('the next', key('KeyJ')))
  assert.notEqual(j.page.url(), before)
  console.log(`presses: ${Object.entries(costs).map(([name, n]) => `${name} ${n}`).join(', ')}`)
  for (const [name, n] of Object.entries(costs)) assert.ok(n <= (name === 'next case' ? 1 : 2), `${name}: ${n}`)
})
