// Everything works without this file; it makes some things better. It is the first thing to run and says
// so to the styles, because the content security policy allows no script inside the page.
import { initAll } from './components.js'
import { explainKeys } from './help.js'
import { keepDrafts } from './drafts.js'
import { listenToKeys } from './keys.js'
import { openByName } from './palette.js'
import { askForPasskeys } from './passkeys.js'
import { keepTyped, sendOnce } from './sending.js'
import { suggestWhileTyping } from './suggest.js'
import { followWorklist } from './worklist.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()
keepTyped()
sendOnce()
listenToKeys()
keepDrafts()
followWorklist()
explainKeys()
openByName()
askForPasskeys()
suggestWhileTyping()
announce()

// What has just been done stands in the page from its beginning; screen readers say only what changes.
function announce () {
  for (const line of document.querySelectorAll('[data-portal-status]')) {
    const words = [...line.childNodes]
    line.replaceChildren()
    requestAnimationFrame(() => requestAnimationFrame(() => line.replaceChildren(...words)))
  }
}

// A button that prints the page is only there when it can.
for (const button of document.querySelectorAll('[data-portal-print]')) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}

// On a phone the results of a list come before the filter.
if (window.matchMedia('(max-width: 48em)').matches) {
  for (const details of document.querySelectorAll('details[data-fold-on-phone]')) details.open = false
}
