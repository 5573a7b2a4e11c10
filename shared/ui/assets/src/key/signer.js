// Chooses the key to sign with, says whose it is, and signs: CAdES-BES beside the file, with the time and the certificate among what is signed.
import { Refusal, certificatesOf, hash, openContainer } from './container.js'
import Message from 'jkurwa/lib/models/Message.js'

/** The key for signing of a file, with its certificate, as of now. Refuses in one of the words of sign.js. */
export function openKey (file, password, beside, now = Date.now()) {
  const container = openContainer(file, password)
  if (!container.keys.length) throw new Refusal('format')
  const added = beside.flatMap(certificatesOf)
  const pairs = []
  for (const certificate of [...container.certificates, ...added]) {
    const key = certificate.curve && container.keys.find(one => matches(one, certificate))
    if (key) pairs.push({ key, certificate })
  }
  if (!pairs.length) throw new Refusal(beside.length ? 'certificate_other' : 'certificate')
  const signing = pairs.filter(pair => signs(pair.certificate))
  if (!signing.length) throw new Refusal('encryption')
  signing.sort((a, b) => b.certificate.valid.to - a.certificate.valid.to)
  const { valid } = signing[0].certificate
  if (valid.to < now) throw new Refusal('expired', { at: Number(valid.to) })
  if (valid.from > now) throw new Refusal('early', { at: Number(valid.from) })
  return signing[0]
}

function matches (key, certificate) {
  try {
    return key.pub_match(certificate.pubkey)
  } catch {
    return false // of another curve
  }
}

// signs says whether a certificate is for signatures: of the bits of its use, the first two.
function signs ({ extension: { keyUsage } }) {
  return !keyUsage || (keyUsage[3] & 0xc0) !== 0
}

/** Whose certificate it is, for people. */
export function describe ({ subject, issuer, valid, extension }) {
  return {
    name: subject.commonName || '', organisation: subject.organizationName || '',
    number: extension.ipn?.DRFO || /^TINUA-(\d{10})$/.exec(subject.serialNumber)?.[1] || '',
    issuer: issuer.commonName || issuer.organizationName || '', until: Number(valid.to)
  }
}

/** A signature of the content: DER. */
export function signContent ({ key, certificate }, content, now = Date.now()) {
  const message = new Message({
    type: 'signedData', cert: certificate, dataHash: hash(Buffer.from(content)), hash, signTime: Math.floor(now / 1000), signer: key
  })
  const signature = Buffer.from(message.as_asn1())
  if (!signature.includes(certificate.as_asn1())) throw new Refusal('unable') // a certificate that could not be written as it was read
  return signature
}
