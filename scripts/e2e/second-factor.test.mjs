// How somebody signs in and keeps their account: a second factor is set up, asked for, lost and reset; the site looks as
// somebody wants it; the work of a blocked colleague is handed over.
import { strict as assert } from 'node:assert'
import { appCode, plugIn } from './factors.mjs'
import { journey, portal } from './portal.mjs'

const inside = portal.internal_site
const password = (login) => portal.sign_ins.find((s) => s.login === login).password
const press = (name) => (page) => page.locator('main').getByRole('button', { name, exact: true }).click()
const follow = (name) => (page) => page.locator('main').getByRole('link', { name, exact: true }).first().click()

async function fillSignIn(page, login) {
  await page.getByLabel('Логін').fill(login)
  await page.getByLabel('Пароль').fill(password(login))
  await page.getByRole('button', { name: 'Увійти' }).click()
}

async function signInAs(j, login) {
  await j.context.clearCookies()
  await j.open(`sign in for ${login}`, `${inside}/sign-in`)
  await j.step(`${login} has given the password`, (page) => fillSignIn(page, login))
}

async function giveCode(page, text) {
  await page.getByLabel('Код', { exact: true }).fill(text)
  await press('Підтвердити')(page)
}

/** Sets up an app and returns its recovery codes. */
async function setUp(j, login) {
  await j.step('an app', press('Додати застосунок із кодами'))
  const secret = await j.page.locator('main code').first().innerText()
  const fill = async (page, text) => {
    await page.getByLabel('Код із застосунку').fill(text)
    await page.getByLabel('Назва').fill('робочий телефон')
    await page.getByLabel('Теперішній пароль').fill(password(login))
    await press('Додати')(page)
  }
  await j.step('a wrong code', (page) => fill(page, '000000'), { status: 422 })
  assert.equal(await j.page.locator('main code').first().innerText(), secret, 'the key stays the same')
  await j.step('the recovery codes', (page) => fill(page, appCode(secret)))
  return j.page.locator('main li code').allInnerTexts()
}

const clerk = 'admin2.orlopil'

journey('a second factor is set up, asked for, lost and reset', async (j) => {
  await signInAs(j, clerk)
  await j.open('the account', `${inside}/account`)
  await j.step('no factor yet', follow('Другий чинник входу'))
  const recovery = await setUp(j, clerk)
  assert.equal(recovery.length, 10)
  await j.fitsPaper('recovery codes', { sheets: 1 })
  await j.step('kept', press('Коди збережено, продовжити'))

  await signInAs(j, clerk)
  assert.match(j.page.url(), /sign-in\/second/)
  assert.equal(await j.page.getByRole('navigation', { name: 'Розділи' }).count(), 0, 'the navigation is there before the second factor')
  await j.step('a wrong code', (page) => giveCode(page, '000000'), { status: 422 })
  await j.step('a recovery code', (page) => giveCode(page, recovery[0].toUpperCase()))
  await j.open('nine are left', `${inside}/account/factors`)
  assert.match(await j.page.locator('main').innerText(), /Залишилося 9 кодів/)
  await j.step('to remove it', (page) => page.getByRole('link', { name: /^Прибрати/ }).click())
  await j.step('without the password', press('Прибрати'), { status: 422 })
  await j.open('new recovery codes', `${inside}/account/factors/recovery`)

  await signInAs(j, 'portal.admin')
  await j.open('users', `${inside}/users?q=${clerk}`)
  await j.step('the clerk', (page) => page.getByRole('row', { name: clerk }).getByRole('link').first().click())
  const user = j.page.url()
  await j.step('what a reset means', follow('Скасувати другий чинник'))
  await j.step('proposed', press('Скасувати другий чинник'))
  await signInAs(j, 'portal2.admin')
  await j.open('what waits', `${inside}/users/proposals`)
  await j.step('confirmed', (page) => page.getByRole('row', { name: /скасувати другий чинник/ }).getByRole('button', { name: /^Підтвердити/ }).click())
  await j.open('the clerk without a factor', user)
  assert.match(await j.page.locator('main').innerText(), /Другий чинник входу\s+не налаштовано/)
  await signInAs(j, clerk)
  assert.doesNotMatch(j.page.url(), /second/)
})

journey('a passkey confirms a password and signs in without one', async (j) => {
  const site = inside.replace('127.0.0.1', 'localhost') // browsers make no keys for addresses of numbers
  const login = 'admin3.orlopil'
  const device = await plugIn(j)
  const signInHere = async () => {
    await j.context.clearCookies()
    await j.open('sign in', `${site}/sign-in`)
  }
  await signInHere()
  await j.step('the password', (page) => fillSignIn(page, login))
  await j.open('factors', `${site}/account/factors`)
  await j.step('to add a key', press('Додати ключ доступу'))
  await j.step('without a name', press('Далі'), { status: 422 })
  await j.step('recovery codes', async (page) => {
    await page.getByLabel('Назва').fill('мій ноутбук')
    await page.getByLabel('Теперішній пароль').fill(password(login))
    await press('Далі')(page)
    await page.getByRole('heading', { name: 'Коди відновлення' }).waitFor()
  })
  await j.step('kept', press('Коди збережено, продовжити'))

  await signInHere()
  await j.step('the password again', (page) => fillSignIn(page, login))
  assert.match(j.page.url(), /sign-in\/second/)
  for (const [name, begin] of [['confirmed by the key', press('Підтвердити ключем доступу')], ['signed in by the key alone', follow('Увійти з ключем доступу')]]) {
    await device.verified(false) // a finger that the device does not know
    await j.step(`not ${name}`, async (page) => {
      await begin(page)
      await page.getByText('Ключ не підтвердив вхід').waitFor()
    })
    await device.verified(true)
    await j.step(name, async (page) => {
      await press('Продовжити')(page)
      await page.getByRole('button', { name: 'Вийти' }).waitFor()
    })
    assert.doesNotMatch(j.page.url(), /sign-in/)
    await signInHere()
  }
  await j.step('signed in once more', async (page) => {
    await follow('Увійти з ключем доступу')(page)
    await page.getByRole('button', { name: 'Вийти' }).waitFor()
  })
  await j.open('it is listed', `${site}/account/factors`)
  assert.match(await j.page.locator('main').innerText(), /мій ноутбук/)
  await j.step('to remove it', (page) => page.getByRole('link', { name: /^Прибрати/ }).click())
  await j.step('removed', async (page) => {
    await page.getByLabel('Теперішній пароль').fill(password(login))
    await press('Прибрати')(page)
  })
})

journey('a passkey says that it needs scripts', async (j) => {
  await j.open('sign in', `${inside}/sign-in`)
  await j.step('what it needs', follow('Увійти з ключем доступу'))
  assert.match(await j.page.locator('main').innerText(), /потрібен JavaScript/)
  await j.step('still there', press('Продовжити'))
  await j.step('another way', follow('Інший спосіб входу'))
}, { javaScript: false })

journey('the site looks as somebody wants it', async (j) => {
  await signInAs(j, clerk)
  await j.open('settings', `${inside}/account/settings`)
  await j.step('saved', async (page) => {
    await page.getByLabel('Щільна').check()
    await page.getByLabel('Удвічі більший (200 %)').check()
    await page.getByLabel('Перша сторінка після входу').selectOption({ label: 'Справи' })
    await press('Зберегти')(page)
  })
  assert.equal(await j.page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '32px')
  await signInAs(j, clerk)
  assert.match(j.page.url(), /\/cases/)
  await j.open('settings again', `${inside}/account/settings`)
  await j.step('as before', async (page) => {
    await page.getByLabel('Звичайна', { exact: true }).check()
    await page.getByLabel('Звичайний', { exact: true }).check()
    await page.getByLabel('Перша сторінка після входу').selectOption({ index: 0 })
    await press('Зберегти')(page)
  })
})

journey('what a colleague has in hand is handed over', async (j) => {
  await signInAs(j, 'portal.admin')
  await j.open('users', `${inside}/users?q=admin1.orlopil`)
  await j.step('the clerk', (page) => page.getByRole('row', { name: /admin1\.orlopil/ }).getByRole('link').first().click())
  const user = j.page.url()
  await j.step('blocking is asked', press('Заблокувати'))
  await j.step('who gets the cases', press('Заблокувати'), { status: 422 })
  await j.open('handing over', `${user}/handover`)
  await j.step('to nobody for now', async (page) => {
    await page.getByLabel('Поки що нікому').check()
    await press('Передати')(page)
  })
})

journey('somebody signs in where the region signs in', async (j) => {
  const login = 'officer1.ecology'
  const there = portal.sign_ins.some((s) => s.login === login) ? login : clerk
  await j.open('sign in', `${inside}/sign-in?next=/account`)
  const visit = async (page, choose) => {
    await follow('Увійти через: Єдиний вхід (демонстрація)')(page)
    await page.getByRole('link', { name: choose, exact: true }).click()
  }
  // The provider's own page is no page of the portal and is not checked.
  await visit(j.page, 'Nobody')
  await j.page.getByText('Вас не впустили там').waitFor()
  j.expect(422)
  j.problems.length = 0
  await j.check('not let in there')
  await visit(j.page, there)
  await j.page.getByRole('heading', { name: 'Мій обліковий запис' }).waitFor()
  await j.check('signed in')
  assert.ok(await j.page.getByRole('button', { name: /^Відв’язати вхід через/ }).isVisible())
  await j.step('signed out', (page) => page.getByRole('button', { name: 'Вийти' }).click())
  assert.ok(await j.page.getByRole('link', { name: /^Вийти також із/ }).isVisible())
  for (const path of [...j.visited]) if (!path.startsWith(inside)) j.visited.delete(path)
})
