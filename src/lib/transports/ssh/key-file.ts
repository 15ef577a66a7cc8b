import { readFile } from 'node:fs/promises'
import type { ParsedKey } from 'ssh2'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { Ssh2 } from './load-ssh2.ts'

/** What a private key file shows without its passphrase. */
export interface KeyFile {
  readonly path: string
  readonly publicKey: ParsedKey
  /** Opens the private part. `passphrase` is asked for one only when the file is encrypted. */
  open(passphrase: () => Promise<Secret | undefined>): Promise<OpenedKey>
}

/** `locked` says why the private part stays closed. */
export type OpenedKey =
  | { readonly type: 'open'; readonly key: ParsedKey }
  | { readonly type: 'locked'; readonly error: ApoctlError }

/** Reads a private key file, or a public one whose private part an agent may hold. */
export async function readKeyFile(path: string, ssh2: Ssh2): Promise<KeyFile | ApoctlError> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => error as NodeJS.ErrnoException)
  if (typeof text !== 'string')
    return keyError(`the key ${path} cannot be read (${text.code ?? 'unknown reason'})`, checkThePath)
  const parsed = parse(text, { ssh2 })
  if (!(parsed instanceof Error)) return plainKeyFile(path, parsed)
  const publicKey = publicPart(text, ssh2) ?? (await publicFile(path, ssh2))
  if (publicKey === undefined)
    return keyError(`${path} is not a private key that can be used (${parsed.message})`, checkThePath)
  return { path, publicKey, open: (passphrase) => unlock({ path, text, ssh2 }, passphrase) }
}

function plainKeyFile(path: string, key: ParsedKey): KeyFile {
  const opened: OpenedKey = key.isPrivateKey()
    ? { type: 'open', key }
    : { type: 'locked', error: keyError(`${path} is a public key, and no agent has its private part`) }
  return { path, publicKey: key, open: () => Promise.resolve(opened) }
}

async function unlock(
  file: { readonly path: string; readonly text: string; readonly ssh2: Ssh2 },
  passphrase: () => Promise<Secret | undefined>,
): Promise<OpenedKey> {
  const secret = await passphrase()
  if (secret === undefined)
    return {
      type: 'locked',
      error: keyError(`the key ${file.path} is encrypted and no passphrase was given`),
    }
  const key = parse(file.text, { ssh2: file.ssh2, passphrase: secret })
  if (key instanceof Error)
    return { type: 'locked', error: keyError(`the passphrase does not open the key ${file.path}`) }
  return { type: 'open', key }
}

function parse(text: string, how: { readonly ssh2: Ssh2; readonly passphrase?: Secret }): ParsedKey | Error {
  // A file may hold several keys in theory; the library then answers with a list.
  const parsed = how.ssh2.utils.parseKey(text, how.passphrase?.reveal())
  const several: unknown = parsed
  return Array.isArray(several) ? (several[0] as ParsedKey) : parsed
}

/** The public key stands unencrypted at the head of OpenSSH's own format. */
function publicPart(text: string, ssh2: Ssh2): ParsedKey | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(text)?.[1]
  if (body === undefined) return undefined
  const data = Buffer.from(body, 'base64')
  const magic = 'openssh-key-v1\0'
  if (data.subarray(0, magic.length).toString('latin1') !== magic) return undefined
  try {
    let at = magic.length
    const field = (): Buffer => {
      const length = data.readUInt32BE(at)
      at += 4 + length
      return data.subarray(at - length, at)
    }
    // Cipher, key derivation and its options; then how many keys, and the first public one.
    for (let skipped = 0; skipped < 3; skipped += 1) field()
    at += 4
    return fromWire(field(), ssh2)
  } catch {
    return undefined
  }
}

function fromWire(blob: Buffer, ssh2: Ssh2): ParsedKey | undefined {
  const type = blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1')
  const parsed = parse(`${type} ${blob.toString('base64')}`, { ssh2 })
  return parsed instanceof Error ? undefined : parsed
}

async function publicFile(path: string, ssh2: Ssh2): Promise<ParsedKey | undefined> {
  const text = await readFile(`${path}.pub`, 'utf8').catch(() => undefined)
  const parsed = text === undefined ? undefined : parse(text, { ssh2 })
  return parsed instanceof Error ? undefined : parsed
}

const checkThePath = 'Name a private key with --identity, or in ssh_config as IdentityFile.'

/** The hint is what helps with a key that is there and closed, unless another one is given. */
function keyError(what: string, hint?: string): ApoctlError {
  return new ApoctlError(['APO-SSH-KEY', what], hint === undefined ? {} : { hints: [hint] })
}
