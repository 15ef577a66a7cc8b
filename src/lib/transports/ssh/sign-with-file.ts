import type { ParsedKey } from 'ssh2'
import { fieldsOf, wireString } from './key-blob.ts'

export type RsaHash = 'sha1' | 'sha256' | 'sha512'

const rsaAlgorithms = { sha1: 'ssh-rsa', sha256: 'rsa-sha2-256', sha512: 'rsa-sha2-512' } as const

/** A whole signature: the name of its algorithm and its value. */
export function signWithFile(
  key: ParsedKey,
  what: { readonly data: Buffer; readonly rsaHash: RsaHash },
): Buffer {
  const isRsa = key.type === 'ssh-rsa'
  const value: Buffer | Error = key.sign(what.data, isRsa ? what.rsaHash : undefined)
  if (value instanceof Error) throw value
  const algorithm = isRsa ? rsaAlgorithms[what.rsaHash] : key.type
  const isEcdsa = key.type.startsWith('ecdsa-')
  return Buffer.concat([wireString(algorithm), wireString(isEcdsa ? fromDer(value) : value)])
}

/** The value of a signature, without the name of its algorithm. */
export function valueOf(signature: Buffer): Buffer {
  return fieldsOf(signature)[1] ?? Buffer.alloc(0)
}

/** OpenSSL writes the two numbers of an ECDSA signature as ASN.1, SSH as strings; the bytes are the same. */
function fromDer(der: Buffer): Buffer {
  // A sequence; its length takes one byte, or two when it is 128 or more.
  let at = der[1] === 0x81 ? 3 : 2
  const number = (): Buffer => {
    const length = der[at + 1] ?? 0
    at += 2 + length
    return der.subarray(at - length, at)
  }
  return Buffer.concat([wireString(number()), wireString(number())])
}
