// What pages of the hall do better with scripts: they are told of changes and renew their parts. Without scripts the board loads itself
// every few seconds, and the other pages show what was true when they were opened.

const box = document.querySelector('[data-reception-live]')
const LOST = 4000 // how long the server may be silent to a question before the page says so
const PAUSE = 2000 // between questions where there is no stream

if (box) follow(box)
keepClock()
offerSound()
oncePressed()
printOnce()
goBackWhenIdle()
catchScanner()

/** Listens for versions, and asks from time to time where it cannot. A page that cannot reach its server says so, and goes on trying. */
function follow (box) {
  let version = box.dataset.version
  let source
  let busy = false
  let missed = false // told of a change while an answer was on its way, which may not have it yet

  const lost = (is) => { for (const p of box.querySelectorAll('[data-reception-lost]')) p.hidden = !is }
  const ask = async () => {
    if (busy) return
    busy = true
    try {
      const answer = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(LOST) })
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status))
      version = renew(box, await answer.text()) ?? version
      lost(false)
    } catch {
      lost(true)
    } finally {
      busy = false
      if (missed) {
        missed = false
        ask()
      }
    }
  }
  const listen = () => {
    source?.close()
    source = new EventSource(`${box.dataset.receptionLive}?version=${encodeURIComponent(version)}`)
    source.addEventListener('message', (event) => {
      if (busy) missed = true
      else if (event.data !== version) ask()
    })
    source.addEventListener('error', () => ask()) // is the server there, and what have we missed?
  }
  listen()
  setInterval(() => {
    if (source.readyState === EventSource.OPEN && !box.querySelector('[data-reception-lost]:not([hidden])')) return
    ask()
  }, PAUSE)
  setInterval(() => { if (source.readyState === EventSource.CLOSED) listen() }, 15 * PAUSE)
  setInterval(ask, 60_000) // minutes that were waited grow by themselves
}

/** Puts the parts of a newer page into this one, unless somebody is filling in a form in them. Returns the version of what is shown. */
function renew (box, html) {
  const page = new DOMParser().parseFromString(html, 'text/html')
  const newer = page.querySelector('[data-reception-live]')
  if (!newer) throw new Error('another page')
  let all = true
  for (const part of box.querySelectorAll('[data-reception-part]')) {
    const other = newer.querySelector(`[data-reception-part="${part.dataset.receptionPart}"]`)
    if (!other || other.innerHTML === part.innerHTML) continue
    if (part.querySelector('select:focus, textarea:focus, input:focus') || [...part.querySelectorAll('select')].some((s) => s.selectedIndex > 0) ||
      [...part.querySelectorAll('input[type=text], textarea')].some((i) => i.value !== i.defaultValue)) {
      all = false
      continue
    }
    const focused = part.contains(document.activeElement) ? document.activeElement : null
    const calls = called(part)
    part.replaceChildren(...other.childNodes)
    again(part, focused)
    if (box.hasAttribute('data-reception-board') && [...called(part)].some((c) => !calls.has(c))) ring()
  }
  if (!all) return undefined
  document.title = page.title
  return newer.dataset.version
}

function called (part) {
  return new Set([...part.querySelectorAll('[data-reception-called]')].map((row) => row.dataset.receptionCalled))
}

/** Leaves the keyboard where it was: on the button with the same name and value. */
function again (part, focused) {
  if (!focused) return
  const same = [...part.querySelectorAll('button, a')].find((b) => b.name === focused.name && b.value === focused.value && b.textContent === focused.textContent)
  same?.focus({ preventScroll: true })
}

function keepClock () {
  const clock = document.querySelector('[data-reception-clock]')
  if (!clock) return
  const show = new Intl.DateTimeFormat('uk-UA', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Kyiv' })
  setInterval(() => { clock.textContent = show.format(new Date()) }, 1000)
}

let sound // the audio of this page; nothing until somebody presses the button

function offerSound () {
  const button = document.querySelector('[data-reception-sound]')
  if (!button || !window.AudioContext) return
  button.hidden = false
  button.addEventListener('click', () => {
    const on = button.getAttribute('aria-pressed') !== 'true'
    button.setAttribute('aria-pressed', String(on))
    sound?.close()
    sound = on ? new AudioContext() : undefined
    if (on) ring()
  })
}

/** Two tones, if sound is on. */
function ring () {
  if (!sound) return
  for (const [i, frequency] of [660, 880].entries()) {
    const tone = sound.createOscillator()
    const volume = sound.createGain()
    tone.frequency.value = frequency
    volume.gain.value = 0.3
    tone.connect(volume).connect(sound.destination)
    tone.start(sound.currentTime + i * 0.35)
    tone.stop(sound.currentTime + i * 0.35 + 0.3)
  }
}

/** A form that gives a ticket is sent once, however often its button is pressed. */
function oncePressed () {
  document.addEventListener('submit', (event) => {
    const form = event.target.closest('[data-reception-once]')
    if (!form) return
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = 'yes'
    for (const b of form.querySelectorAll('button')) b.setAttribute('aria-disabled', 'true')
  })
  window.addEventListener('pageshow', (event) => { if (event.persisted && document.querySelector('[data-reception-once]')) location.reload() })
}

/** A ticket is printed when it was given, and not again when its page is loaded anew. */
function printOnce () {
  const ticket = document.querySelector('[data-reception-print]')
  if (!ticket) return
  const button = ticket.querySelector('[data-reception-print-again]')
  button.hidden = false
  button.addEventListener('click', () => window.print())
  if (sessionStorage.getItem('printed') === ticket.dataset.receptionPrint) return
  sessionStorage.setItem('printed', ticket.dataset.receptionPrint)
  window.print()
}

/** A kiosk that somebody left in the middle begins anew. */
function goBackWhenIdle () {
  const kiosk = document.querySelector('[data-reception-idle]')
  if (!kiosk) return
  let timer
  const begin = () => {
    clearTimeout(timer)
    timer = setTimeout(() => { location.href = kiosk.dataset.receptionIdle }, 30_000)
  }
  for (const kind of ['pointerdown', 'keydown']) document.addEventListener(kind, begin)
  const here = new URL(kiosk.dataset.receptionIdle, location.href)
  if (here.href !== location.href) begin()
}

/**
 * A scanner types what it reads and presses Enter or Tab, whatever has the focus. What was typed is sent if it can be the number of an
 * appointment, also when a person typed it; of anything else nothing leaves the page, since a code may hold a secret. Fewer characters, or
 * such as came slowly, are no code: whoever works the page by its keys goes on with their Tab or Enter.
 */
function catchScanner () {
  const form = document.querySelector('[data-reception-scan]')
  if (!form) return
  const QUICK = 500 // after so long a pause something else begins
  const NUMBER = 8 // no code is shorter than the number of an appointment
  let typed = ''
  let last = 0
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest('input, textarea, select')) return
    const now = event.timeStamp // of the press, however late the page comes to it
    if (now - last > QUICK) typed = ''
    if (event.key.length === 1 && (event.key !== ' ' || typed)) {
      last = now
      typed = (typed + event.key).slice(-400)
      if (event.key === ' ') event.preventDefault() // presses nothing in the middle of a code
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      if (typed.length >= NUMBER) {
        event.preventDefault() // nor does its end
        send(typed)
      }
      typed = ''
    }
  }, true)
  const send = (text) => {
    const digits = text.replace(/[\s.\u2010-\u2015-]/g, '')
    if (form.dataset.sent) return
    form.dataset.sent = 'yes'
    form.elements.number.value = /^\d{8}$/.test(digits) ? digits : '?'
    form.submit()
  }
}
