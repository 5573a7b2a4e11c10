// What forms do better with scripts.

// Switching the language in the middle of a form sends what is typed to be shown again, instead of losing it. The site says
// where its forms can be sent so. A form that says what is wrong with it goes on saying so, and no other form begins to.
export function keepTyped () {
  const nav = document.querySelector('[data-portal-shows]')
  if (!nav) return
  let typed = null
  document.addEventListener('input', event => {
    const form = event.target.form
    if (form && form.method === 'post' && form.id !== 'portal-resend') typed = form
  })
  const show = (event, lang) => {
    if (!typed || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    for (const file of typed.querySelectorAll('input[type="file"]')) file.disabled = true
    const address = new URL(typed.getAttribute('action') || '', location.href)
    address.searchParams.set('lang', lang)
    address.searchParams.set('show', saysWhatIsWrong(typed) ? '' : 'unasked')
    typed.setAttribute('action', address.pathname + address.search)
    HTMLFormElement.prototype.submit.call(typed)
  }
  for (const link of nav.querySelectorAll('a, button')) link.addEventListener('click', event => show(event, link.lang))
}

// saysWhatIsWrong: the summary of errors leads into the form, or is about no field at all.
function saysWhatIsWrong (form) {
  const lines = [...document.querySelectorAll('.govuk-error-summary li')]
  return lines.some(line => {
    const link = line.querySelector('a[href^="#"]')
    return !link || form.contains(document.getElementById(link.hash.slice(1)))
  })
}

// The second half of a double click may reach the page that answers the first: it comes sooner than anybody reads, and to
// about the same place.
const SECOND_CLICK = { ms: 500, px: 40 }

// How long an answer may take before the form can be sent again; the reader may have stopped the loading.
const WAITING = 60000

// A form that has been sent is not sent again before the answer comes, and neither is a form of the answer by the second
// half of a double click. The buttons keep their focus and their values.
export function sendOnce () {
  const sent = new Set()
  const free = () => {
    for (const form of sent) mark(form, false)
    sent.clear()
  }
  document.addEventListener('submit', event => {
    const form = event.target
    if (form.method !== 'post' || event.defaultPrevented || opensBeside(event)) return
    if (sent.has(form) || isSecondClick()) {
      event.preventDefault()
      return
    }
    sent.add(form)
    mark(form, true)
    remember()
    setTimeout(free, WAITING)
  })
  window.addEventListener('pageshow', free)
  document.addEventListener('click', event => { click = { at: Date.now(), x: event.clientX, y: event.clientY } }, true)
}

// opensBeside says whether the answer comes in a tab of its own, so that the form stays and goes on being filled in.
export const opensBeside = event => event.submitter?.formTarget === '_blank'

let click = { at: 0, x: 0, y: 0 }

function mark (form, busy) {
  for (const button of form.elements) {
    if (button.type !== 'submit') continue
    if (busy) button.setAttribute('aria-disabled', 'true')
    else button.removeAttribute('aria-disabled')
  }
}

function isSecondClick () {
  const first = lately()
  return click.at - first.at < SECOND_CLICK.ms && click.x > 0 &&
    Math.hypot(click.x - first.x, click.y - first.y) < SECOND_CLICK.px
}

// Storage may be refused; then only the page itself is guarded.
function lately () {
  try { return JSON.parse(sessionStorage.getItem('portal-sent')) || { at: 0 } } catch { return { at: 0 } }
}

function remember () {
  try { sessionStorage.setItem('portal-sent', JSON.stringify(click)) } catch { /* see above */ }
}
