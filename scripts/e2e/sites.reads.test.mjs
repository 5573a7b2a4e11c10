// Both sites answer, in both languages, with pages that anybody can read.
import { strict as assert } from 'node:assert'
import { journey, portal } from './portal.mjs'

for (const javaScript of [true, false]) {
  const how = javaScript ? '' : ' without scripts'

  journey(`the first page for citizens${how}`, async (j) => {
    const page = await j.open('home', portal.external_site)
    assert.equal(await page.getAttribute('html', 'lang'), 'uk')
    assert.ok((await page.getByRole('heading', { level: 1 }).count()) === 1, 'one heading of the first level')
  }, { javaScript })

  journey(`the first page for staff${how}`, async (j) => {
    const page = await j.open('sign in', portal.internal_site)
    assert.equal(await page.getAttribute('html', 'lang'), 'uk')
    assert.ok(await page.locator('input[type=password]').isVisible(), 'staff are asked to sign in first')
  }, { javaScript })
}
