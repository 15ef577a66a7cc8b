import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  webcrypto,
  type KeyObject,
} from 'node:crypto'
import { ApoctlError } from '../../lib/errors/apoctl-error.ts'
import { readIfThere, writeDurably } from '../durable-file.ts'

const p256 = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** Reads an EC P-256 key, or makes it on the first start. The file is the only copy. */
export async function loadOrMakeKey(path: string): Promise<KeyObject> {
  const pem = await readIfThere(path)
  if (pem !== undefined) return readKey(pem, path)
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await writeDurably(path, { text: pemOf(privateKey), mode: 0o600 })
  return privateKey
}

function readKey(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw new ApoctlError(['APO-CONSOLE-DATA', `${path} holds no key`], { cause })
  }
}

export function makeKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
}

export function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string
}

/** The pair as the web's crypto sees it, which the certificate library speaks. */
export async function toCryptoKeys(privateKey: KeyObject): Promise<webcrypto.CryptoKeyPair> {
  const { subtle } = webcrypto
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' })
  return {
    privateKey: await subtle.importKey('pkcs8', pkcs8, p256, false, ['sign']),
    publicKey: await subtle.importKey('spki', spki, p256, true, ['verify']),
  }
}
