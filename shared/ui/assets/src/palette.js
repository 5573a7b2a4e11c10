// Ctrl K: a window with one field. What is typed is looked for in the places that the site names, and among its pages. It is a
// combobox as ARIA describes it: the focus stays in the field, and the arrows move through the list.

function optionFor (id, text, href) {
  const option = document.createElement('li')
  option.id = id
  option.className = 'portal-palette__option'
  option.setAttribute('role', 'option')
  option.dataset.href = href
  option.textContent = text
  return option
}

// pagesOf are the site's pages in its navigation and what the page itself leads to by a key.
function pagesOf () {
  const links = [...document.querySelectorAll('.govuk-service-navigation__link')]
  return links.map(link => ({ text: link.textContent.trim().replace(/\s+/g, ' '), href: link.href }))
}

export function openByName () {
  const dialog = document.getElementById('portal-palette')
  if (!dialog || !dialog.showModal) return
  const field = dialog.querySelector('input')
  const list = dialog.querySelector('[role="listbox"]')
  const places = [...dialog.querySelectorAll('[data-portal-find]')].map(e => ({ text: e.textContent, href: e.dataset.portalFind }))
  let chosen = 0

  const choose = index => {
    const options = [...list.children]
    chosen = options.length ? (index + options.length) % options.length : 0
    options.forEach((option, i) => option.setAttribute('aria-selected', String(i === chosen)))
    field.setAttribute('aria-activedescendant', options[chosen]?.id || '')
    options[chosen]?.scrollIntoView({ block: 'nearest' })
  }
  const offer = () => {
    const typed = field.value.trim()
    const pages = pagesOf().filter(page => page.text.toLocaleLowerCase().includes(typed.toLocaleLowerCase()))
    const finds = typed ? places.map(place => ({ text: `${place.text}: ${typed}`, href: place.href + encodeURIComponent(typed) })) : []
    list.replaceChildren(...[...finds, ...pages].map((each, i) => optionFor(`portal-palette-${i}`, each.text, each.href)))
    choose(0)
  }
  const go = option => { if (option) location.assign(option.dataset.href) }
  const open = () => {
    field.value = ''
    offer()
    dialog.showModal()
    field.focus()
  }

  field.addEventListener('input', offer)
  field.addEventListener('keydown', event => {
    if (event.isComposing) return
    const moves = { ArrowDown: chosen + 1, ArrowUp: chosen - 1 }
    if (event.key in moves) choose(moves[event.key])
    else if (event.key === 'Enter') go(list.children[chosen])
    else return
    event.preventDefault()
  })
  list.addEventListener('click', event => go(event.target.closest('[role="option"]')))
  dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close() }) // beside the window
  for (const button of document.querySelectorAll('[data-portal-palette]')) {
    button.hidden = false
    button.addEventListener('click', open)
  }
  document.addEventListener('keydown', event => {
    if (event.code !== 'KeyK' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || dialog.open) return
    event.preventDefault()
    open()
  })
}
