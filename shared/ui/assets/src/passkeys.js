// Passkeys. Before a form with data-portal-passkey is sent, the browser asks for a key: to make one ("create") or to sign with
// one ("get"). What it asks stands in data-options, as JSON of the Web Authentication API; the answer goes with the form.
const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0))
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

// readOptions does by hand what browsers before 2024 have no function for.
function readOptions (form) {
  const options = JSON.parse(form.dataset.options).publicKey
  options.challenge = bytes(options.challenge)
  if (options.user) options.user.id = bytes(options.user.id)
  for (const key of [...(options.allowCredentials || []), ...(options.excludeCredentials || [])]) key.id = bytes(key.id)
  return options
}

function writeAnswer (credential) {
  const from = credential.response
  const response = {}
  for (const part of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (from[part]) response[part] = text(from[part])
  }
  if (from.getTransports) response.transports = from.getTransports()
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} })
}

// Where the form asks for a secret of the device (data-portal-secret names it), the key makes one for this site alone: by the PRF
// extension, when the key is used. A device that makes none leaves the field empty, and the site says so.
const secretOf = credential => credential.getClientExtensionResults?.().prf?.results?.first

async function deviceSecret (form, options, credential) {
  const found = secretOf(credential)
  if (found || form.dataset.portalPasskey !== 'create') return found
  // A new key shows its secret only when it is used; nothing but this page sees the answer.
  const used = await navigator.credentials.get({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)), rpId: options.rp.id, userVerification: 'required',
      allowCredentials: [{ type: 'public-key', id: credential.rawId }], extensions: options.extensions,
    },
  })
  return secretOf(used)
}

async function ask (form, say) {
  say(form.dataset.waiting)
  try {
    const publicKey = readOptions(form)
    if (form.dataset.portalSecret) publicKey.extensions = { prf: { eval: { first: bytes(form.dataset.portalSecret) } } }
    const credential = await navigator.credentials[form.dataset.portalPasskey]({ publicKey })
    form.elements.credential.value = writeAnswer(credential)
    if (form.dataset.portalSecret) {
      const secret = await deviceSecret(form, publicKey, credential)
      form.elements.secret.value = secret ? text(secret) : ''
    }
    HTMLFormElement.prototype.submit.call(form)
  } catch (error) {
    say({ NotAllowedError: form.dataset.cancelled, InvalidStateError: form.dataset.known }[error.name] || form.dataset.unable)
    return false
  }
  return true
}

export function askForPasskeys () {
  for (const form of document.querySelectorAll('form[data-portal-passkey]')) {
    const status = form.querySelector('[role="status"]')
    const say = words => { status.textContent = words }
    if (!window.PublicKeyCredential) {
      say(form.dataset.unable)
      continue
    }
    say('')
    let busy = false
    const begin = async () => {
      if (busy || !form.dataset.options) return
      busy = true
      busy = await ask(form, say)
    }
    form.addEventListener('submit', event => {
      if (!form.dataset.options) return // the page was only shown: sending it brings what to ask
      event.preventDefault()
      begin()
    })
    if (!('portalNow' in form.dataset)) continue
    if (form.dataset.options) begin()
    else HTMLFormElement.prototype.submit.call(form) // it brings what to ask
  }
}
