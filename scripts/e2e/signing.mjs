// Electronic signatures that journeys make, with the keys of the demo's people and jkurwa, which is an implementation of ДСТУ 4145 of its own.
import { strict as assert } from 'node:assert'
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
