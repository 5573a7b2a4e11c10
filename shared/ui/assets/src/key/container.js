// Opens the files in which authorities give out keys of ДСТУ 4145: Key-6.dat (of IIT, and PKCS #8), PKCS #12 (.pfx, .p12, .zs2) and Java's
// keystores (.jks). What is wrong with one is thrown as a Refusal.
import './globals.js'
import Certificate from 'jkurwa/lib/models/Certificate.js'
import Priv from 'jkurwa/lib/models/Priv.js'
import gost89 from 'gost89/lib/compat.js'
import jks from 'jksreader'
import { hex, isWhole, make, oid, parts, read } from './der.js'

export const { hash, storeload } = gost89.algos()

/** Why a key is not taken: the name of the words for it. */
export class Refusal extends Error {
  constructor (why, about = {}) {
    super(why)
    Object.assign(this, { why, about })
  }
}

const DATA = '2a864886f70d010701'
const ENCRYPTED = '2a864886f70d010706'
const KEY_BAG = '2a864886f70d010c0a0101'
const SHROUDED_KEY_BAG = '2a864886f70d010c0a0102'
const CERTIFICATE_BAG = '2a864886f70d010c0a0103'
const PBES2 = '2a864886f70d01050d'
const UKRAINE = '2a862402010101' // 1.2.804.2.1.1.1, the algorithms of ДСТУ and ГОСТ
const IIT_STORE = '2b0601040181974601010102' // 1.3.6.1.4.1.19398.1.1.1.2
const MOST_ROUNDS = 1_000_000

const contains = (bytes, inner) => hex(bytes).includes(inner)

/** The keys and certificates of a file. */
export function openContainer (file, password) {
  const bytes = withoutText(file)
  if (hex(bytes.subarray(0, 4)) === 'feedfeed') return openJava(bytes, password)
  if (!isWhole(bytes) || bytes[0] !== 0x30) throw new Refusal('format')
  let found
  try {
    found = shrouded(bytes)
  } catch {
    throw new Refusal('format')
  }
  const keys = []
  const certificates = [...found.certificates]
  for (const box of found.boxes) {
    const inner = unlock(box, password)
    if (box.kind === 'certificates') certificates.push(...bagsOf(inner).certificates)
    else keys.push(...keysOf(inner))
  }
  for (const plain of found.keys) keys.push(...keysOf(plain))
  return { keys, certificates: certificates.flatMap(certificatesOf) }
}

/** The certificates in a file of one or many: DER or PEM, by itself or in a CMS (.p7b). What is none is left out. */
export function certificatesOf (file) {
  const found = []
  for (const bytes of unfold(file)) {
    try {
      const top = parts(read(bytes))
      if (oid(top[0]) === '2a864886f70d010702') {
        const set = parts(parts(top[1])[0]).find(one => one.tag === 0xa0)
        found.push(...(set ? parts(set).flatMap(one => certificatesOf(one.whole)) : []))
      } else {
        found.push(Certificate.from_asn1(Buffer.from(bytes)))
      }
    } catch { /* of another algorithm, or no certificate */ }
  }
  return found
}

// unfold is each of the PEM blocks of a text, or the file itself.
function unfold (file) {
  const text = new TextDecoder('latin1').decode(file)
  const blocks = [...text.matchAll(/-----BEGIN [^-]+-----([^-]+)-----END/g)]
  if (!blocks.length) return [file]
  return blocks.map(block => Uint8Array.from(Buffer.from(block[1].replace(/\s/g, ''), 'base64')))
}

// withoutText takes off PEM, and the six octets that one program puts before its files.
function withoutText (file) {
  const bytes = unfold(file)[0]
  return bytes[0] === 0x51 ? bytes.subarray(6) : bytes
}

// shrouded is what lies in a file: boxes that a password opens, and what lies open.
function shrouded (bytes) {
  const top = parts(read(bytes))
  if (top[0].tag === 2 && top.length > 1 && oid(parts(top[1])[0]) === DATA) return pkcs12(parts(top[1])[1])
  if (top[0].tag === 2) return { boxes: [], keys: [bytes], certificates: [] }
  return { boxes: [boxOf(bytes)], keys: [], certificates: [] }
}

function pkcs12 (explicit) {
  const found = { boxes: [], keys: [], certificates: [] }
  const octets = content => read(content).content
  for (const info of parts(read(octets(explicit.content)))) {
    const [kind, content] = parts(info)
    if (oid(kind) === DATA) {
      const bags = bagsOf(octets(content.content))
      for (const name of Object.keys(found)) found[name].push(...bags[name])
    } else if (oid(kind) === ENCRYPTED) {
      const [, algorithm, secret] = parts(parts(parts(content)[0])[1])
      found.boxes.push({ kind: 'certificates', ...boxOf(make(0x30, algorithm.whole, make(4, secret.content))) })
    }
  }
  return found
}

function bagsOf (safe) {
  const found = { boxes: [], keys: [], certificates: [] }
  for (const bag of parts(read(safe))) {
    const [kind, value] = parts(bag)
    if (oid(kind) === SHROUDED_KEY_BAG) found.boxes.push(boxOf(value.content))
    if (oid(kind) === KEY_BAG) found.keys.push(value.content)
    if (oid(kind) === CERTIFICATE_BAG) found.certificates.push(read(parts(parts(value)[0])[1].content).content)
  }
  return found
}

// boxOf says how a box is locked. One that has nothing of ДСТУ in its lock holds a key of RSA or ECDSA.
function boxOf (bytes) {
  const [algorithm, secret] = parts(read(bytes))
  const [name, parameters] = parts(algorithm)
  const body = Buffer.from(secret.content)
  if (oid(name) === IIT_STORE) {
    const [mac, pad] = parts(parameters)
    return { lock: { format: 'IIT', body, mac: mac.content, pad: Buffer.from(pad ? pad.content : []) } }
  }
  if (!contains(algorithm.content, UKRAINE)) return { foreign: true }
  if (oid(name) !== PBES2) throw new Refusal('format')
  const [derivation, encryption] = parts(parameters)
  const [salt, rounds] = parts(parts(derivation)[1])
  const [iv] = parts(parts(encryption)[1])
  const iters = parseInt(hex(rounds.content), 16)
  if (iters > MOST_ROUNDS) throw new Refusal('format') // it would never end
  return { lock: { format: 'PBES2', body, iv: Buffer.from(iv.content), salt: Buffer.from(salt.content), iters } }
}

// unlock opens a box. A wrong password yields octets that are no DER.
function unlock (box, password) {
  if (box.foreign) throw new Refusal('foreign')
  for (const typed of spellings(password)) {
    const inner = storeload(box.lock, typed)
    if (isWhole(inner)) return inner
  }
  throw new Refusal('password')
}

// spellings are the octets that programs make of a password; they differ when it has Ukrainian letters.
function spellings (password) {
  const windows = Buffer.from(Array.from(password, letter => WINDOWS_1251[letter] ?? letter.charCodeAt(0) & 255))
  return /^[\x20-\x7e]*$/.test(password) ? [Buffer.from(password)] : [Buffer.from(password), windows]
}

const WINDOWS_1251 = (() => {
  const decoder = new TextDecoder('windows-1251')
  const all = Array.from({ length: 128 }, (_, i) => [decoder.decode(Uint8Array.of(128 + i)), 128 + i])
  return Object.fromEntries(all)
})()

// keysOf are the keys in an opened PKCS #8: that for signing, and with it often one for encryption.
function keysOf (bytes) {
  if (!contains(parts(parts(read(bytes))[1])[0].content, UKRAINE)) throw new Refusal('foreign')
  try {
    return Priv.from_asn1(Buffer.from(bytes), true).keys
  } catch {
    throw new Refusal('format')
  }
}

function openJava (bytes, password) {
  let store
  try {
    store = jks.parse(Buffer.from(bytes))
  } catch { /* cut off */ }
  if (!store) throw new Refusal('format')
  const found = { keys: [], certificates: [] }
  for (const entry of store.material) {
    if (entry.data) found.certificates.push(...certificatesOf(entry.data))
    if (!entry.key) continue
    const inner = jks.decode(entry.key, password)
    if (!inner) throw new Refusal('password')
    found.keys.push(...keysOf(inner))
    found.certificates.push(...entry.certs.flatMap(certificatesOf))
  }
  return found
}
