// The work list of staff: its keys, the case beside it, and a look now and then for what has changed. Without this file the same
// links lead through the same pages.
const rowOf = element => element?.closest?.('.portal-desk__list tbody tr')
const quiet = 60_000 // between two looks

export function followWorklist () {
  const list = document.querySelector('[data-portal-worklist]')
  if (!list) return
  list.addEventListener('click', event => {
    const link = event.target.closest('[data-portal-peek]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    event.preventDefault()
    peek(list, link)
  })
  lookForNews(list)
}

// listKey does what a key means in the list; false when it means nothing there.
export function listKey (key) {
  const list = document.querySelector('[data-portal-worklist]')
  const rows = list ? [...list.querySelectorAll('.portal-desk__list tbody tr')] : []
  if (!rows.length) return false
  const focused = rowOf(document.activeElement)
  const here = focused || list.querySelector('[data-portal-peek][aria-current]')?.closest('tr')
  const at = rows.indexOf(here)
  switch (key) {
    case 'J': case 'K': {
      const next = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + (key === 'J' ? 1 : -1)))]
      next.querySelector('th a')?.focus()
      next.scrollIntoView({ block: 'nearest' })
      if (list.querySelector('.portal-desk__preview')) peek(list, next.querySelector('[data-portal-peek]'))
      return true
    }
    case 'X': {
      const box = here?.querySelector('input[type=checkbox]')
      box?.click()
      return Boolean(box)
    }
    case 'Space': {
      if (!focused || document.activeElement.matches('input, button')) return false // a page is scrolled by it, a box is ticked
      const close = list.querySelector('[data-portal-peek-close]')
      const link = focused.querySelector('[data-portal-peek]')
      if (close && link?.hasAttribute('aria-current')) unpeek(list, close)
      else if (link) peek(list, link)
      return true
    }
  }
  return false
}

let asked = 0

// peek shows a case beside the list, as the link's own page does.
async function peek (list, link) {
  if (!link) return
  const mine = ++asked
  for (const other of list.querySelectorAll('[data-portal-peek][aria-current]')) other.removeAttribute('aria-current')
  link.setAttribute('aria-current', 'true')
  const page = await read(link.href)
  if (mine !== asked) return
  const shown = page?.querySelector('.portal-desk__preview')
  if (!shown) return location.assign(link.href)
  list.querySelector('.portal-desk__preview')?.remove()
  list.append(document.adoptNode(shown))
  list.classList.add('portal-desk--peek')
  // On a phone the case stands above its list, which may be out of sight.
  const { top } = shown.getBoundingClientRect()
  if (top < 0 || top >= innerHeight) shown.querySelector('[tabindex]')?.focus()
  history.replaceState(null, '', link.href)
}

function unpeek (list, close) {
  asked++
  const link = list.querySelector('[data-portal-peek][aria-current]')
  link?.removeAttribute('aria-current')
  if (list.querySelector('.portal-desk__preview')?.contains(document.activeElement)) link?.focus()
  list.querySelector('.portal-desk__preview')?.remove()
  list.classList.remove('portal-desk--peek')
  history.replaceState(null, '', close.href)
}

// read asks for a page; null when it cannot be had, for example because the session has ended.
async function read (address) {
  try {
    const answer = await fetch(address, { credentials: 'same-origin', redirect: 'error' })
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null
  } catch {
    return null
  }
}

// lookForNews asks now and then whether the list has other cases, brings the numbers of the views up to date and says so. The rows
// stay where they are until their reader asks for the new ones.
function lookForNews (list) {
  const news = list.querySelector('[data-portal-news]')
  if (!news) return
  setInterval(async () => {
    if (document.hidden) return
    const address = new URL(location.href)
    address.searchParams.delete('row')
    const page = await read(address)
    const views = page?.querySelector('.portal-desk__views')
    if (!views) return
    const shown = list.querySelector('.portal-desk__views')
    if (!shown.contains(document.activeElement)) shown.replaceWith(document.adoptNode(views))
    const known = new Set(numbers(list))
    const fresh = numbers(page).filter(n => !known.has(n)).length
    if (fresh) tell(news, fresh)
  }, quiet)
}

const numbers = page => [...page.querySelectorAll('.portal-desk__list tbody th a')].map(a => a.textContent)

function tell (news, fresh) {
  const link = document.createElement('a')
  link.className = 'govuk-link'
  link.href = location.href
  link.textContent = `${news.dataset.portalNews} (${fresh})`
  news.replaceChildren(link)
}
