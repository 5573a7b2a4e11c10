// Signs the files that are chosen on a page with the file of a key, in this browser: the key and its password go to a worker that sends
// nothing, and what is sent with the page are the signatures. Without it people sign with a program of their own.

const MAX_KEY = 1 << 20
const WORKER_LIFE = 10 * 60_000

const box = document.querySelector('[data-portal-sign]')
if (box && window.Worker && window.DataTransfer) box.addEventListener('toggle', () => begin(box), { once: true })

// begin puts the fields of the key in place of the words for those without scripts.
function begin (box) {
  box.querySelector('[data-sign-how]').replaceWith(box.querySelector('template').content)
  const part = name => box.querySelector(`[data-sign-${name}]`)
  const keyFile = part('key')
  const password = part('password')
  const certificate = part('certificate')
  const buttons = [part('open'), part('sign'), part('forget')]
  let worker = null
  let timer = 0

  const ask = (message, ...moved) => new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => 'why' in data ? reject(data) : resolve(data.done)
    worker.onerror = () => reject({ why: 'unable' })
    worker.postMessage(message, moved)
  })
  const forget = () => {
    worker?.terminate()
    worker = null
    clearTimeout(timer)
    password.value = ''
    part('ready').hidden = true
    part('choose').hidden = false
  }
  const say = words => { part('status').textContent = words }
  const refuse = (why, fill = {}) => {
    say('')
    const error = part('error')
    const words = box.dataset[`why${why.replace(/(^|_)([a-z])/g, (_, __, letter) => letter.toUpperCase())}`] || box.dataset.whyUnable
    error.textContent = Object.entries(fill).reduce((text, [name, value]) => text.replace(`%${name}`, value), words)
    error.hidden = false
    const field = { password, certificate, certificate_other: certificate }[why] || (part('ready').hidden ? keyFile : null)
    if (why.startsWith('certificate')) part('certificates').hidden = false
    field?.focus()
  }
  // One thing at a time; the buttons wait for it.
  const doing = (words, work) => async () => {
    part('error').hidden = true
    part('error').textContent = ''
    say(words)
    for (const button of buttons) button.disabled = true
    try {
      await work()
    } catch (error) {
      const at = error.about?.at
      refuse(error.why || 'unable', at ? { date: dateOf(at) } : error.fill)
    } finally {
      for (const button of buttons) button.disabled = false
    }
  }

  const openKey = doing(box.dataset.opening, async () => {
    const typed = password.value
    password.value = ''
    if (!keyFile.files.length) throw { why: 'no_key' }
    if (!typed) throw { why: 'no_password' }
    const files = [keyFile.files[0], ...certificate.files]
    if (files.some(file => file.size > MAX_KEY)) throw { why: 'format' }
    const [file, ...certificates] = await Promise.all(files.map(readFile))
    forget()
    worker = new Worker(box.dataset.portalSign, { type: 'module' })
    const owner = await ask({ act: 'open', file, password: typed, certificates }, file, ...certificates).catch(error => {
      forget()
      throw error
    })
    show(owner)
    timer = setTimeout(forget, WORKER_LIFE)
    say('')
    part('ready').hidden = false
    part('choose').hidden = true
    part('sign').focus()
  })

  const show = owner => {
    const rows = { name: owner.name, organisation: owner.organisation, number: owner.number, issuer: owner.issuer, until: dateOf(owner.until) }
    for (const [name, value] of Object.entries(rows)) {
      const row = part(`row="${name}"`)
      row.hidden = !value
      row.querySelector('dd').textContent = value
    }
  }

  const signFiles = doing(box.dataset.signing, async () => {
    const inputs = [...box.closest('form').querySelectorAll('input[type="file"][data-portal-max]')]
    await Promise.all(inputs.map(input => input.portalReady)) // photos may still be made smaller
    const chosen = inputs.map(input => ({ input, files: unsigned(input) })).filter(one => one.files.length)
    if (!chosen.length) throw { why: 'nothing' }
    for (const { input, files } of chosen) {
      const left = Number(input.dataset.portalLeft)
      if (input.files.length + files.length > left) throw { why: 'too_many', fill: { left, more: files.length } }
    }
    const names = []
    for (const { input, files } of chosen) {
      const all = new DataTransfer()
      for (const file of input.files) {
        all.items.add(file)
        if (!files.includes(file)) continue
        const content = await readFile(file)
        const signature = await ask({ act: 'sign', content }, content)
        names.push(file.name)
        all.items.add(new File([signature], `${file.name}.p7s`, { type: 'application/pkcs7-signature' }))
      }
      input.files = all.files
      input.dispatchEvent(new Event('change', { bubbles: true }))
    }
    forget()
    keyFile.value = certificate.value = ''
    say(box.dataset.signed.replace('%names', names.join(', ')))
  })

  part('open').addEventListener('click', openKey)
  part('sign').addEventListener('click', signFiles)
  part('forget').addEventListener('click', () => {
    forget()
    keyFile.value = certificate.value = ''
    keyFile.focus()
  })
  box.addEventListener('input', event => event.stopPropagation()) // nothing of it is typed into the form
  box.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.target.localName !== 'input') return
    event.preventDefault()
    openKey()
  })
  addEventListener('pagehide', forget)
}

// unsigned are the files of an input that are no signatures and have none beside them.
function unsigned (input) {
  const all = [...input.files]
  return all.filter(file => !/\.(p7s|asice|sce)$/i.test(file.name) && !all.some(other => other.name === `${file.name}.p7s`))
}

async function readFile (file) {
  try {
    return await file.arrayBuffer()
  } catch {
    throw { why: 'unreadable', fill: { name: file.name } } // it went away meanwhile
  }
}

const dateOf = at => new Date(at).toLocaleDateString(document.documentElement.lang === 'en' ? 'en-GB' : 'uk', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'Europe/Kyiv' })
