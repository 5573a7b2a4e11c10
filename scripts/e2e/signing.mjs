// Electronic signatures that journeys make, with the keys of the demo's people and jkurwa, which is an implementation of ДСТУ 4145 of its own.
import { strict as assert } from 'node:assert'
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { portal } from './portal.mjs'

const require = createRequire(import.meta.url)
const jkurwa = require('jkurwa')
const { hash } = require('gost89').compat.algos()

/** The demo's signer of a role: 'citizen' or 'official'. */
export function signer(role) {
  const found = portal.signers.find((s) => s.role === role)
  assert.ok(found, `the demo has no signer ${role}`)
  return found
}

/** A detached signature (.p7s) of the content, by the signer of that role. */
export function sign(role, content) {
  const { certificate, curve, secret } = signer(role)
  const message = new jkurwa.models.Message({
    type: 'signedData',
    cert: jkurwa.Certificate.from_asn1(Buffer.from(certificate, 'base64')),
    dataHash: hash(content),
    hash,
    signTime: Math.floor(Date.now() / 1000),
    signer: jkurwa.pkey(curve, secret, 'hex'),
  })
  return Buffer.from(message.as_asn1())
}

/** The same signature with one bit of its last octets turned round. */
export function damaged(signature) {
  const copy = Buffer.from(signature)
  copy[copy.length - 4] ^= 2
  return copy
}

const gost = require('gost89/lib/gost89.js')
const { dumb_kdf: ownKDF } = require('gost89/lib/util.js')

// DER of a tag with contents.
function der(tag, ...contents) {
  const content = Buffer.concat(contents)
  const size = content.length < 128 ? [content.length] : content.length < 256 ? [0x81, content.length] : [0x82, content.length >> 8, content.length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
const oid = (hex) => der(6, Buffer.from(hex, 'hex'))
const algorithms = require('gost89').compat.algos()

const keyOf = ({ curve, secret }) => jkurwa.pkey(curve, secret, 'hex')

/** The key of a signer as authorities give it out, in the file format: 'iit' or 'pkcs8' (Key-6.dat), 'pfx', 'jks', locked by the password. */
export function keyFile(format, who, password, certificate = Buffer.from(who.certificate, 'base64')) {
  const plain = Buffer.from(keyOf(who).to_asn1())
  const shrouded = () => pkcs8(plain, password)
  return { pkcs8: shrouded, iit: () => iit(plain, password), pfx: () => pfx(shrouded(), certificate), jks: () => jks(plain, certificate, password) }[format]()
}

function pkcs8(plain, password) {
  const salt = randomBytes(32)
  const iv = randomBytes(8)
  const rounds = der(2, Buffer.from([0x27, 0x10]))
  const derivation = der(0x30, oid('2a864886f70d01050c'), der(0x30, der(4, salt), rounds, der(0x30, oid('2a862402010101010102'), der(5))))
  const { body, sbox } = algorithms.storesave(plain, 'PBES2', password, iv, salt)
  const encryption = der(0x30, oid('2a86240201010101010103'), der(0x30, der(4, iv), der(4, sbox)))
  return der(0x30, der(0x30, oid('2a864886f70d01050d'), der(0x30, derivation, encryption)), der(4, body))
}

function iit(plain, password) {
  const pad = Buffer.alloc((8 - (plain.length % 8)) % 8, 7)
  const cipher = gost.init()
  cipher.key(ownKDF(password, 10000))
  const locked = Buffer.alloc(plain.length + pad.length)
  cipher.crypt(Buffer.concat([plain, pad]), locked)
  const parameters = der(0x30, der(4, Buffer.alloc(4)), der(4, locked.subarray(plain.length)))
  return der(0x30, der(0x30, oid('2b0601040181974601010102'), parameters), der(4, locked.subarray(0, plain.length)))
}

// PKCS #12 whose certificate lies open and whose key is locked as ДСТУ wants.
function pfx(shrouded, certificate) {
  const data = (content) => der(0x30, oid('2a864886f70d010701'), der(0xa0, der(4, content)))
  const bag = (kind, value) => der(0x30, oid(`2a864886f70d010c0a01${kind}`), der(0xa0, value))
  const certificates = der(0x30, bag('03', der(0x30, oid('2a864886f70d01091601'), der(0xa0, der(4, certificate)))))
  const safes = der(0x30, data(der(0x30, bag('02', shrouded))), data(certificates))
  return der(0x30, der(2, Buffer.from([3])), data(safes))
}

// Java's keystore, version 2; nobody checks the digest at its end.
function jks(plain, certificate, password) {
  const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b }
  const string = (s) => Buffer.concat([Buffer.from([s.length >> 8, s.length & 255]), Buffer.from(s)])
  const typed = Buffer.from(password, 'utf16le').swap16()
  const sha1 = (...parts) => createHash('sha1').update(Buffer.concat(parts)).digest()
  const salt = randomBytes(20)
  const locked = Buffer.alloc(plain.length)
  for (let at = 0, last = salt; at < plain.length; at += 20) {
    last = sha1(typed, last)
    for (let i = at; i < Math.min(at + 20, plain.length); i++) locked[i] = plain[i] ^ last[i - at]
  }
  const key = der(0x30, der(0x30, oid('2b060104012a02110101'), der(5)), der(4, salt, locked, sha1(typed, plain)))
  return Buffer.concat([
    u32(0xfeedfeed), u32(2), u32(1), u32(1), string('key'), u32(0), u32(0), u32(key.length), key,
    u32(1), string('X.509'), u32(certificate.length), certificate, Buffer.alloc(20),
  ])
}

/** A certificate of the signer's key that signs itself, for one use and time; browsers look at no more of it. */
export function certificateFor(who, { usage = 0x80, from, to }) {
  return jkurwa.Certificate.signCert({
    privkey: keyOf(who), hash,
    certData: {
      serial: 7, issuer: { commonName: 'Тест' }, subject: { commonName: who.name }, valid: { from, to }, usage: String.fromCharCode(3, 2, 0, usage),
    },
  }).as_asn1()
}

/** A key of ECDSA, locked as other programs lock theirs. */
export function foreignKey(passphrase) {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase })
}
