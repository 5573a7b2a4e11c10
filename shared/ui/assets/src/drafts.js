// What is typed into a form with data-portal-drafts is kept on the server while its writer goes on, so that it waits for them when
// they move on without sending it. The answer says who else looks at the same page.
import { opensBeside } from './sending.js'

const PAUSE = 1500
const BEAT = 30000

export function keepDrafts () {
  const form = document.querySelector('form[data-portal-drafts]')
  if (!form) return
  const changed = new Set()
  let timer
  let sent = false
  const body = () => {
    const typed = new URLSearchParams()
    for (const name of changed) typed.set(name, form.elements[name].value)
    changed.clear()
    return typed
  }
  const send = async () => {
    clearTimeout(timer)
    if (sent) return
    const response = await fetch(form.dataset.portalDrafts, { method: 'POST', body: body() }).catch(() => null)
    if (!response?.ok) return
    const { others } = await response.json()
    const said = document.querySelector('[data-portal-present]')
    if (said && said.textContent !== others) said.textContent = others
  }
  form.addEventListener('input', event => {
    if (!event.target.name?.endsWith('_text')) return
    changed.add(event.target.name)
    clearTimeout(timer)
    timer = setTimeout(send, PAUSE)
  })
  form.addEventListener('submit', event => { sent = !event.defaultPrevented && !opensBeside(event) })
  window.addEventListener('pageshow', () => { sent = false })
  window.addEventListener('pagehide', () => { if (changed.size && !sent) navigator.sendBeacon(form.dataset.portalDrafts, body()) })
  setInterval(() => { if (!document.hidden) send() }, BEAT)
  send()
}
