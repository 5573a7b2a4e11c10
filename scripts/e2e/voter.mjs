// Pages of the application for a voter's certificate (01-04/01), filled in as its applicant would.
const next = (page) => page.getByRole('button', { name: 'Далі', exact: true }).first().click()

export const applicant = (surname) => async (page) => {
  await page.getByLabel('Прізвище', { exact: true }).fill(surname)
  await page.getByLabel('Ім’я', { exact: true }).fill('Мар’яна')
  await page.getByRole('radio', { name: /РНОКПП \(податковим/ }).check()
  await page.getByRole('textbox', { name: 'РНОКПП' }).fill('1234567899')
  await next(page)
}

export async function contacts(page) {
  await page.getByLabel(/^Електронна пошта/).fill('voter@example.com')
  await page.getByLabel('Поштова адреса').fill('вул. Тестова, 1')
  await page.getByRole('radio', { name: /ЦНАП міста Орлополя/ }).check()
  await next(page)
}

export async function voter(page) {
  await page.getByLabel('День').fill('5')
  await page.getByLabel('Місяць').fill('6')
  await page.getByLabel('Рік').fill('1987')
  await page.getByLabel('Місце народження').fill('Орлопіль')
  await page.getByLabel('Ваша виборча адреса').fill('вул. Тестова, 1')
  await next(page)
}
