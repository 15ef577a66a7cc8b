import { readFile } from 'node:fs/promises'
import { fieldsOf, typeOfKey, wireString } from './key-blob.ts'

/** A certificate of a user: a key, with somebody's word for whose it is and until when. */
export interface UserCertificate {
  readonly path: string
  /** `ssh-ed25519-cert-v01@openssh.com`, … */
  readonly type: string
  /** In wire form, as the server wants it. */
  readonly blob: Buffer
  /** The key that it is about, in wire form. */
  readonly publicKey: Buffer
  readonly validAfter: Date
  readonly validBefore: Date
}

const suffix = /-cert-v01@openssh\.com$/
const typeOfUserCertificate = 1
/** How many strings of the key stand between the nonce and the serial number. */
const keyFields: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'ssh-rsa': 2,
}

/** Reads a certificate; `undefined` when there is none, or one that is not for users. */
export async function readCertificate(path: string): Promise<UserCertificate | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const [type = '', base64 = ''] = text.trim().split(/\s+/)
  const blob = Buffer.from(base64, 'base64')
  return typeOfKey(blob) === type ? parseCertificate(blob, path) : undefined
}

/** Takes a certificate apart; `undefined` for what is none, or none that we can use. */
export function parseCertificate(blob: Buffer, path: string): UserCertificate | undefined {
  const type = typeOfKey(blob)
  const plain = type.replace(suffix, '')
  const count = keyFields[plain]
  if (!suffix.test(type) || count === undefined) return undefined
  const parts = fieldsOf(blob).slice(2, 2 + count)
  if (parts.length < count) return undefined
  const head = [...fieldsOf(blob).slice(0, 2), ...parts].reduce((sum, part) => sum + 4 + part.length, 0)
  // A serial number, the kind, the name of the key, who it is for; then from when and until when.
  if (blob.length < head + 12 || blob.readUInt32BE(head + 8) !== typeOfUserCertificate) return undefined
  let at = head + 12
  for (let skipped = 0; skipped < 2; skipped += 1) at += 4 + lengthAt(blob, at)
  if (blob.length < at + 16) return undefined
  return {
    path,
    type,
    blob,
    publicKey: Buffer.concat([wireString(plain), ...parts.map(wireString)]),
    validAfter: dateOf(blob.readBigUInt64BE(at)),
    validBefore: dateOf(blob.readBigUInt64BE(at + 8)),
  }
}

function lengthAt(blob: Buffer, at: number): number {
  return at + 4 > blob.length ? blob.length : blob.readUInt32BE(at)
}

/** "For ever" is the largest number, which is no date. */
function dateOf(seconds: bigint): Date {
  const latest = 8_640_000_000_000n
  return new Date(Number(seconds > latest ? latest : seconds) * 1000)
}
