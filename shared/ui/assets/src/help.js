// The keys of a page in a window: "?" opens it, and a button that is there only when this script is.
import { typing } from './keys.js'

// What an element that a key presses is called: its own words, without the key that stands beside them.
function nameOf (element) {
  const copy = element.cloneNode(true)
  for (const key of copy.querySelectorAll('kbd')) key.remove()
  return (element.getAttribute('aria-label') || copy.textContent || element.title).trim().replace(/\s+/g, ' ')
}

// The keys that press something here, each once: what the page has stands before what every page has.
function keysOfPage () {
  const elements = [...document.querySelectorAll('[data-portal-key]')].filter(e => !e.disabled && e.offsetParent)
  const known = new Map()
  for (const element of [...elements.filter(e => e.closest('main')), ...elements]) {
    if (!known.has(element.dataset.portalKey)) known.set(element.dataset.portalKey, nameOf(element))
  }
  return known
}

function fill (list, dialog) {
  for (const old of list.querySelectorAll('[data-portal-of-page]')) old.remove()
  for (const row of list.querySelectorAll('[data-portal-of-list]')) row.hidden = !document.querySelector('[data-portal-worklist]')
  const always = list.firstElementChild
  for (const [key, name] of keysOfPage()) {
    const row = document.createElement('div')
    row.dataset.portalOfPage = ''
    row.className = always.className
    const term = document.createElement('dt')
    const shown = document.createElement('kbd')
    shown.className = 'portal-key'
    shown.textContent = key.replace('+', ' ')
    term.append(shown)
    const what = document.createElement('dd')
    what.textContent = name
    row.append(term, what)
    list.insertBefore(row, always)
  }
  dialog.showModal()
}

export function explainKeys () {
  const dialog = document.getElementById('portal-help')
  if (!dialog || !dialog.showModal) return
  const list = dialog.querySelector('dl')
  for (const button of document.querySelectorAll('[data-portal-help]')) {
    button.hidden = false
    button.addEventListener('click', () => fill(list, dialog))
  }
  document.addEventListener('keydown', event => {
    if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (event.target.closest(typing) || document.documentElement.dataset.keys === 'off' || document.querySelector('dialog[open]')) return
    event.preventDefault()
    fill(list, dialog)
  })
}
