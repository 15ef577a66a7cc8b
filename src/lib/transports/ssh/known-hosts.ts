import { createHmac, timingSafeEqual } from 'node:crypto'
import { fieldsOf, typeOfKey } from './key-blob.ts'
import { listCovers } from './patterns.ts'

/** One line of a known_hosts file. */
export interface KnownHost {
  readonly marker: 'none' | 'revoked' | 'cert-authority'
  /** The first field: patterns, or one hashed name. */
  readonly names: string
  /** `ssh-ed25519`, … */
  readonly keyType: string
  /** The key, base64. */
  readonly key: string
  readonly file: string
  readonly line: number
}

/** What known_hosts says about a key that a host showed. */
export type HostKeyVerdict =
  | { readonly type: 'known' }
  | { readonly type: 'unknown' }
  | { readonly type: 'revoked'; readonly entry: KnownHost }
  /** The host is known by other keys; `entry` is the one of the same type if there is one. */
  | { readonly type: 'changed'; readonly entry: KnownHost }
  /** Only a certificate authority vouches for the host, which we cannot check. */
  | { readonly type: 'authority'; readonly entry: KnownHost }

/** Reads known_hosts; lines that make no sense are skipped, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((line, index) => {
    const entry = parseLine(line.trim())
    return entry === undefined ? [] : [{ ...entry, file, line: index + 1 }]
  })
}

const markers: Readonly<Record<string, KnownHost['marker']>> = {
  '@revoked': 'revoked',
  '@cert-authority': 'cert-authority',
}

function parseLine(line: string): Omit<KnownHost, 'file' | 'line'> | undefined {
  if (line === '' || line.startsWith('#')) return undefined
  const words = line.split(/\s+/)
  const marker = line.startsWith('@') ? markers[words.shift() ?? ''] : 'none'
  const [names, keyType, key] = words
  if (marker === undefined || names === undefined || keyType === undefined || key === undefined)
    return undefined
  return isKey(Buffer.from(key, 'base64'), keyType) ? { marker, names, keyType, key } : undefined
}

/** Whether a key is of the type that stands before it, and whole: strings with their lengths, to the end. */
function isKey(key: Buffer, keyType: string): boolean {
  if (typeOfKey(key) !== keyType) return false
  const fields = fieldsOf(key)
  const size = fields.reduce((sum, field) => sum + 4 + field.length, 0)
  return fields.length > 1 && size === key.length
}

/** The names a host goes by in known_hosts: with its port when it is not 22. */
export function knownHostsName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`
}

export function namesHost(entry: KnownHost, name: string): boolean {
  if (entry.names.startsWith('|')) return hashedNameIs(entry.names, name)
  return listCovers(entry.names.toLowerCase().split(','), name)
}

/** `|1|salt|HMAC-SHA1(salt, name)|`, both base64. */
function hashedNameIs(field: string, name: string): boolean {
  const [, version, salt, expected] = field.split('|')
  if (version !== '1' || salt === undefined || expected === undefined) return false
  const actual = hashOf(name, Buffer.from(salt, 'base64'))
  const wanted = Buffer.from(expected, 'base64')
  return actual.length === wanted.length && timingSafeEqual(actual, wanted)
}

export function hashedName(name: string, salt: Buffer): string {
  return `|1|${salt.toString('base64')}|${hashOf(name, salt).toString('base64')}`
}

function hashOf(name: string, salt: Buffer): Buffer {
  return createHmac('sha1', salt).update(name).digest()
}

/**
 * Judges a key. A host that is known by some key and shows another has lost its own, of whatever type
 * they are: that is a change, and not a new host.
 */
export function judgeHostKey(
  shown: { readonly key: Buffer; readonly name: string },
  entries: readonly KnownHost[],
): HostKeyVerdict {
  const key = shown.key.toString('base64')
  const about = entries.filter((entry) => namesHost(entry, shown.name))
  const revoked = about.find((entry) => entry.marker === 'revoked' && sameKey(entry, key))
  if (revoked !== undefined) return { type: 'revoked', entry: revoked }
  const plain = about.filter((entry) => entry.marker === 'none')
  const [anyOther] = plain
  if (plain.some((entry) => sameKey(entry, key))) return { type: 'known' }
  if (anyOther !== undefined) {
    const sameType = plain.find((entry) => entry.keyType === typeOfKey(shown.key))
    return { type: 'changed', entry: sameType ?? anyOther }
  }
  const authority = about.find((entry) => entry.marker === 'cert-authority')
  return authority === undefined ? { type: 'unknown' } : { type: 'authority', entry: authority }
}

/** Base64 may lack its padding at the end. */
function sameKey(entry: KnownHost, key: string): boolean {
  return entry.key.replace(/=+$/, '') === key.replace(/=+$/, '')
}

/** Types of the keys a host is known by, in the order of the files. */
export function knownKeyTypes(name: string, entries: readonly KnownHost[]): string[] {
  return entries
    .filter((entry) => entry.marker === 'none' && namesHost(entry, name))
    .map(({ keyType }) => keyType)
}
