// What only the administrator of the portal does: a module is switched off and on again on both sites; a group is made,
// gets a right over people's data, and somebody joins it when a second administrator agrees.
import { strict as assert } from 'node:assert'
import { journey, portal } from './portal.mjs'

const inside = portal.internal_site
const outside = portal.external_site
const password = (login) => portal.sign_ins.find((s) => s.login === login).password
const press = (name) => (page) => page.getByRole('button', { name, exact: true }).first().click()
const follow = (name) => (page) => page.locator('main').getByRole('link', { name, exact: true }).first().click()

async function signInAs(j, login) {
  await j.context.clearCookies()
  await j.open(`sign in for ${login}`, `${inside}/sign-in`)
  await j.step(`${login} is in`, async (page) => {
    await page.getByLabel('Логін').fill(login)
    await page.getByLabel('Пароль').fill(password(login))
    await page.getByRole('button', { name: 'Увійти' }).click()
  })
}

/** Loads url again until what is on it fulfils the condition: the switch takes its way to the public site. */
async function reloadUntil(j, url, what, condition) {
  const deadline = Date.now() + 300_000 // only ends what hangs
  do {
    assert.ok(Date.now() < deadline, `waited in vain: ${what}`)
    await j.page.goto(url)
  } while (!(await condition(j.page)))
}

const asksQuestions = (page) => page.getByRole('button', { name: 'Поставити запитання' }).isVisible()

/** How many questions the centre has, in the words of its list. */
async function questionsOf(j, login) {
  await signInAs(j, login)
  await j.open('questions', `${inside}/questions`)
  return j.page.locator('main [role=status]').first().innerText()
}

journey('a module is switched off and on again', async (j) => {
  const before = await questionsOf(j, 'admin1.orlopil')
  await j.open('centres', `${outside}/centres`)
  await j.step('a centre', follow('ЦНАП міста Орлополя'))
  const centre = j.page.url()
  await j.step('a form to ask', press('Поставити запитання'))
  const form = j.page.url()

  await signInAs(j, 'portal.admin')
  await j.open('modules', `${inside}/modules`)
  await j.step('one module', follow('Запитання'))
  await j.step('what follows', follow('Вимкнути'))
  await j.step('without a reason', press('Вимкнути'), { status: 422 })
  await j.step('switched off', async (page) => {
    await page.getByLabel('Причина').fill('Перевіряємо, чи все повернеться')
    await press('Вимкнути')(page)
  })
  j.expect(404)
  await reloadUntil(j, centre, 'the button goes', async (page) => !(await asksQuestions(page)))
  await j.check('the centre without it')
  await j.open('the form is gone', form, { status: 404 })
  await signInAs(j, 'admin1.orlopil')
  assert.equal(await j.page.getByRole('link', { name: 'Запитання', exact: true }).count(), 0, 'the link is still in the navigation')
  await j.open('no questions inside', `${inside}/questions`, { status: 404 })

  await signInAs(j, 'portal.admin')
  await j.open('the module is off', `${inside}/modules/questions`)
  await j.step('asked again', follow('Увімкнути'))
  await j.step('switched on', press('Увімкнути'))
  await reloadUntil(j, centre, 'the button comes back', asksQuestions)
  await j.check('the centre with it')
  await j.open('the form is back', form)
  assert.equal(await questionsOf(j, 'admin1.orlopil'), before, 'questions were lost')
})

journey('a term is seen before it is set', async (j) => {
  await signInAs(j, 'portal.admin')
  await j.open('terms', `${inside}/retention`)
  await j.step('one kind', follow('Невдалі спроби входу'))
  await j.step('the form', press('Змінити'))
  await j.step('without a ground', press('Показати, що буде видалено'), { status: 422 })
  await j.step('beyond the bounds', async (page) => {
    await page.getByLabel('Підстава').fill('Наказ № 12 від 1 листопада')
    await page.getByLabel('Скільки днів зберігати').fill('4000')
    await press('Показати, що буде видалено')(page)
  }, { status: 422 })
  await j.step('what goes', async (page) => {
    await page.getByLabel('Скільки днів зберігати').fill('90')
    await press('Показати, що буде видалено')(page)
  })
  await j.step('back to the form', press('Повернутися до форми'))
  assert.equal(await j.page.getByLabel('Скільки днів зберігати').inputValue(), '90', 'what was typed is lost')
  await j.step('once more', press('Показати, що буде видалено'))
  await j.step('set', press('Установити строк'))
  assert.ok(await j.page.getByText('Наказ № 12 від 1 листопада').isVisible(), 'the ground does not stand in the history')
})

journey('a group is made and given by two people', async (j) => {
  await signInAs(j, 'portal.admin')
  await j.open('groups', `${inside}/users/groups`)
  await j.step('a new group', press('Додати групу'))
  await j.step('without a name', press('Додати групу'), { status: 422 })
  await j.step('made', async (page) => {
    await page.getByLabel('Назва українською').fill('Консультанти')
    await page.getByLabel('Назва англійською').fill('Consultants')
    await page.getByLabel('Код').fill(`consultants_${Date.now()}`)
    await page.getByLabel('У ЦНАП', { exact: true }).check()
    await press('Додати групу')(page)
  })
  await j.step('with a right', async (page) => {
    await page.getByLabel('Бачити запитання').selectOption({ index: 1 })
    await press('Зберегти групу')(page)
  })
  await j.open('users', `${inside}/users?q=admin1.orlopil`)
  await j.step('one of them', (page) => page.getByRole('row', { name: /admin1\.orlopil/ }).getByRole('link').first().click())
  const user = j.page.url()
  await j.step('given', async (page) => {
    await page.getByLabel('Група', { exact: true }).selectOption({ label: 'Консультанти' })
    await page.getByLabel('ЦНАП', { exact: true }).selectOption({ index: 1 })
    await press('Додати до групи')(page)
  })

  await signInAs(j, 'portal2.admin')
  await j.open('what waits', `${inside}/users/proposals`)
  await j.step('confirmed', (page) => page.getByRole('row', { name: /Консультанти/ }).getByRole('button', { name: /^Підтвердити/ }).click())
  await j.open('is in the group', user)
  assert.match(await j.page.locator('main').innerText(), /Консультанти, /)
})
