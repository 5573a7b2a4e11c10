import { listKey } from './worklist.js'

// Keys of the staff site. An element says which key presses it: data-portal-key="F2", "Ctrl+Enter", or the letter or digit that
// is printed on its key in the Latin layout, so that it works in any layout. A letter or digit alone does nothing while
// somebody types, and nothing at all when its reader has switched keys off (WCAG 2.1.4).
export const typing = 'input:not([type=checkbox], [type=radio], [type=submit], [type=button], [type=file]), textarea, select, [contenteditable]'

const parts = 'details.govuk-details, .portal-say'

function pressed (event) {
  const code = event.code.replace(/^(Key|Digit|Numpad(?=\d))/, '')
  return (event.ctrlKey || event.metaKey ? 'Ctrl+' : '') + ({ NumpadEnter: 'Enter', Slash: '/', NumpadDivide: '/' }[event.code] || code)
}

// press does what a click does; a part that it unfolds leaves the reader in its first field, and a field is what they type into.
function press (target) {
  target.focus()
  if (target.matches(typing)) {
    target.select?.()
    return
  }
  target.click()
  document.getElementById(target.dataset.portalThen)?.focus()
  if (target.localName === 'summary' && target.parentElement.open) target.parentElement.querySelector('input:not([type=hidden]), select, textarea')?.focus()
}

export function listenToKeys () {
  document.addEventListener('keydown', event => {
    if (event.altKey || event.shiftKey || event.repeat || event.isComposing || event.defaultPrevented) return
    const key = pressed(event)
    if (document.querySelector('dialog[open]')) return // a window over the page is what keys are for now
    if ((/^[\w/]$/.test(key) || key === 'Space') && (event.target.closest(typing) || document.documentElement.dataset.keys === 'off')) return
    const near = event.target.closest(parts) // a part that is unfolded has a Ctrl+Enter of its own
    const elements = [...document.querySelectorAll('[data-portal-key]')]
      .filter(e => e.dataset.portalKey === key && !e.disabled && e.offsetParent)
      .filter(e => key !== 'Ctrl+Enter' || !e.closest(parts) || e.closest(parts) === near)
    const target = elements.find(e => e.closest('main')) || elements[0] // the page's own before the navigation's
    if (!target) {
      if (listKey(key)) event.preventDefault()
      return
    }
    event.preventDefault()
    press(target)
  })
}
