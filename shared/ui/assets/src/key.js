// The worker that holds a key while somebody signs: it opens its file and signs, and sends nothing anywhere. It forgets all of it
// when the page ends it.
import { describe, openKey, signContent } from './key/signer.js'

let open = null

const acts = {
  open ({ file, password, certificates }) {
    open = null
    open = openKey(new Uint8Array(file), password, certificates.map(one => new Uint8Array(one)))
    return describe(open.certificate)
  },
  sign ({ content }) {
    const signature = signContent(open, new Uint8Array(content))
    return signature.buffer.slice(signature.byteOffset, signature.byteOffset + signature.length)
  }
}

self.addEventListener('message', ({ data }) => {
  try {
    self.postMessage({ done: acts[data.act](data) })
  } catch (error) {
    self.postMessage({ why: error.why || 'unable', about: error.about || {} })
  }
})
