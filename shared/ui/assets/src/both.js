// What scripts do on the pages of both sites. Everything works without them; they make some things better. This is the first thing
// to run and says so to the styles, because the content security policy allows no script inside the page.
import { initAll } from './components.js'
import { askForPasskeys } from './passkeys.js'
import { keepTyped, sendOnce } from './sending.js'

export function begin (...components) {
  document.body.classList.add('js-enabled', 'govuk-frontend-supported')
  initAll(...components)
  keepTyped()
  sendOnce()
  askForPasskeys()
  announce()
  offerPrint()
  foldOnPhone()
}

// What has just been done stands in the page from its beginning; screen readers say only what changes.
function announce () {
  for (const line of document.querySelectorAll('[data-portal-status]')) {
    const words = [...line.childNodes]
    line.replaceChildren()
    requestAnimationFrame(() => requestAnimationFrame(() => line.replaceChildren(...words)))
  }
}

// A button that prints the page is only there when it can.
function offerPrint () {
  for (const button of document.querySelectorAll('[data-portal-print]')) {
    button.hidden = false
    button.addEventListener('click', () => window.print())
  }
}

// On a phone the results of a list come before the filter.
function foldOnPhone () {
  if (!window.matchMedia('(max-width: 48em)').matches) return
  for (const details of document.querySelectorAll('details[data-fold-on-phone]')) details.open = false
}
