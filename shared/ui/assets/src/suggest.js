// What may be meant, below a search box while somebody types: the combobox of the ARIA practices. The form works without it, and
// Enter searches for what was typed unless a suggestion is chosen.
const wait = 180 // milliseconds without a key before the site is asked
const shortest = 3

export function suggestWhileTyping () {
  for (const form of document.querySelectorAll('form[data-portal-suggest]')) {
    const input = form.querySelector('input[type="search"]')
    if (input) box(form, input)
  }
}

function box (form, input) {
  const place = document.createElement('div')
  place.className = 'portal-suggest'
  const list = document.createElement('ul')
  list.className = 'portal-suggest__list'
  list.id = input.id + '-suggested'
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', form.querySelector('label')?.textContent.trim() ?? '')
  list.hidden = true
  const status = document.createElement('div')
  status.className = 'govuk-visually-hidden'
  status.setAttribute('role', 'status')
  place.append(list, status)
  input.closest('.portal-search__line').after(place)
  for (const [name, value] of [['role', 'combobox'], ['aria-autocomplete', 'list'], ['aria-expanded', 'false'], ['aria-controls', list.id]]) {
    input.setAttribute(name, value)
  }

  let timer, asked, chosen = -1
  const known = new Map()

  function close () {
    chosen = -1
    list.hidden = true
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
  }

  function choose (n) {
    const options = [...list.children]
    chosen = n < -1 ? options.length - 1 : n >= options.length ? -1 : n
    options.forEach((option, i) => option.setAttribute('aria-selected', String(i === chosen)))
    if (chosen < 0) return input.removeAttribute('aria-activedescendant')
    input.setAttribute('aria-activedescendant', options[chosen].id)
    options[chosen].scrollIntoView({ block: 'nearest' })
  }

  function show (answer) {
    close()
    list.replaceChildren(...answer.items.map((item, i) => {
      const option = document.createElement('li')
      option.className = 'portal-suggest__option'
      option.id = `${list.id}-${i}`
      option.setAttribute('role', 'option')
      option.setAttribute('aria-selected', 'false')
      option.dataset.href = item.href
      const name = document.createElement('span')
      if (item.lang) name.lang = item.lang
      name.textContent = item.text
      const kind = document.createElement('span')
      kind.className = 'portal-suggest__kind'
      kind.textContent = item.kind
      option.append(name, ' ', kind)
      return option
    }))
    status.textContent = answer.items.length > 0 ? answer.status : ''
    if (answer.items.length === 0) return
    list.hidden = false
    input.setAttribute('aria-expanded', 'true')
  }

  async function ask () {
    const typed = input.value.trim().replace(/\s+/g, ' ')
    asked?.abort()
    if (typed.length < shortest) return close()
    if (known.has(typed)) return show(known.get(typed))
    asked = new AbortController()
    try {
      const at = new URL(form.dataset.portalSuggest, window.location.href)
      at.searchParams.set('q', typed)
      const answer = await fetch(at, { signal: asked.signal })
      if (!answer.ok) return close()
      known.set(typed, await answer.json())
      if (document.activeElement === input) show(known.get(typed))
    } catch { // the line is cut, or another letter came: the form still searches
    }
  }

  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(ask, wait)
  })
  input.addEventListener('keydown', event => {
    if (list.hidden) {
      if (event.key === 'ArrowDown') ask()
      return
    }
    switch (event.key) {
      case 'ArrowDown': choose(chosen + 1); break
      case 'ArrowUp': choose(chosen - 1); break
      case 'Escape': close(); break
      case 'Enter':
        if (chosen < 0) return
        window.location.assign(list.children[chosen].dataset.href)
        break
      default: return
    }
    event.preventDefault()
  })
  input.addEventListener('blur', () => { clearTimeout(timer); close() })
  // The box keeps the focus while the mouse is pressed, or the list would be gone before the click.
  list.addEventListener('mousedown', event => event.preventDefault())
  list.addEventListener('click', event => {
    const option = event.target.closest('[data-href]')
    if (option) window.location.assign(option.dataset.href)
  })
}
