// Just enough of DER to look into the files of keys before jkurwa reads them: what they are, and where in them the keys lie.

/** The value that begins at an offset: its tag, its content and all of its octets. What is no DER throws. */
export function read (bytes, at = 0) {
  let length = bytes[at + 1]
  let start = at + 2
  if (length > 0x80) {
    const octets = length & 0x7f
    if (octets > 4) throw new RangeError('a length of more than four octets')
    length = 0
    for (let i = 0; i < octets; i++) length = length * 256 + bytes[start + i]
    start += octets
  }
  const end = start + length
  if (!(end <= bytes.length) || length === 0x80) throw new RangeError('no DER')
  return { tag: bytes[at], content: bytes.subarray(start, end), whole: bytes.subarray(at, end) }
}

/** The values inside of one. */
export function parts (value) {
  const list = []
  for (let at = 0; at < value.content.length;) {
    const one = read(value.content, at)
    list.push(one)
    at += one.whole.length
  }
  return list
}

/** Whether the octets are one value and nothing else. */
export function isWhole (bytes) {
  try {
    return read(bytes).whole.length === bytes.length
  } catch {
    return false
  }
}

/** An object identifier as its hexadecimal octets. */
export const oid = value => value.tag === 6 ? hex(value.content) : ''

export const hex = bytes => Array.from(bytes, octet => octet.toString(16).padStart(2, '0')).join('')

/** A value of that tag. */
export function make (tag, ...contents) {
  const length = contents.reduce((sum, one) => sum + one.length, 0)
  const head = length < 0x80 ? [tag, length] : [tag, 0x84, length >>> 24, length >>> 16 & 255, length >>> 8 & 255, length & 255]
  const out = new Uint8Array(head.length + length)
  out.set(head)
  let at = head.length
  for (const one of contents) {
    out.set(one, at)
    at += one.length
  }
  return out
}
