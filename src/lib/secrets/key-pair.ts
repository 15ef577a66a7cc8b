import { createPublicKey, generateKeyPair, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { der } from './der.ts'
import { Secret } from './secret.ts'

/** A private key that never left this machine, and the request to have it certified. */
export interface CertificationRequest {
  /** EC P-256, PKCS #8 PEM. */
  readonly privateKeyPem: Secret
  /** PKCS #10 PEM. */
  readonly requestPem: string
}

/** Whom a request is for. The Console fills it in when it is empty; a renewal has to name both. */
export interface RequestSubject {
  readonly commonName?: string
  readonly organization?: string
}

const generate = promisify(generateKeyPair)
const oid = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const

/** Makes an EC P-256 key and a signing request for it. */
export async function makeKeyPair(subject: RequestSubject = {}): Promise<CertificationRequest> {
  const { privateKey } = await generate('ec', { namedCurve: 'P-256' })
  const privateKeyPem = new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
  return { privateKeyPem, requestPem: makeRequest(privateKey, subject) }
}

/**
 * RFC 2986, by hand: a request has six fields. @peculiar/x509, which could write it too, adds 343 kB
 * and a reflection polyfill to the agent's script; this adds 2 kB.
 */
function makeRequest(privateKey: KeyObject, subject: RequestSubject): string {
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const info = der.sequence(der.zero(), makeName(subject), publicKey, der.context(0))
  const signature = sign('sha256', info, { key: privateKey, dsaEncoding: 'der' })
  const algorithm = der.sequence(der.objectIdentifier(oid.ecdsaWithSha256))
  return toPem(der.sequence(info, algorithm, der.bitString(signature)))
}

function makeName(subject: RequestSubject): Buffer {
  const attribute = (type: string, value: string | undefined) =>
    value === undefined ? [] : [der.set(der.sequence(der.objectIdentifier(type), der.utf8(value)))]
  return der.sequence(
    ...attribute(oid.organization, subject.organization),
    ...attribute(oid.commonName, subject.commonName),
  )
}

function toPem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE REQUEST-----', ...lines, '-----END CERTIFICATE REQUEST-----', ''].join('\n')
}
