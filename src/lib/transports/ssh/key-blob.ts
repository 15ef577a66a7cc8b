import { createHash } from 'node:crypto'

/** A key in SSH wire form begins with its type: a length and that many letters. */
export function typeOfKey(key: Buffer): string {
  if (key.length < 4) return ''
  const length = key.readUInt32BE(0)
  return key.subarray(4, 4 + length).toString('latin1')
}

/** The strings a key is made of, the type first; one that is cut off is left out. */
export function fieldsOf(key: Buffer): Buffer[] {
  const fields: Buffer[] = []
  for (let at = 0; at + 4 <= key.length;) {
    const end = at + 4 + key.readUInt32BE(at)
    if (end > key.length) break
    fields.push(key.subarray(at + 4, end))
    at = end
  }
  return fields
}

/** A string in wire form: its length, and itself. */
export function wireString(content: Buffer | string): Buffer {
  const body = Buffer.from(content)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  return Buffer.concat([length, body])
}

/** As ssh-keygen -l prints it: `SHA256:` and base64 without padding. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** How long the modulus of an RSA key is; `undefined` for keys of other types. */
export function rsaBitsOf(key: Buffer): number | undefined {
  if (typeOfKey(key) !== 'ssh-rsa') return undefined
  const [, , modulus] = fieldsOf(key)
  const hex = modulus?.toString('hex').replace(/^0+/, '') ?? ''
  if (hex === '') return 0
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0] ?? '0', 16)))
}
