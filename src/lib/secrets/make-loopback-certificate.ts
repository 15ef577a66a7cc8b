import 'reflect-metadata'
import { randomBytes, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { der } from './der.ts'
import { readLoopbackCertificate, type LoopbackCertificate } from './loopback-certificate.ts'
import { Secret } from './secret.ts'

type Keys = webcrypto.CryptoKeyPair
type Term = Pick<x509.X509CertificateCreateParams, 'notBefore' | 'notAfter' | 'signingAlgorithm'>

/** Apple takes no server for longer than 825, whoever added its authority; nobody else is stricter there. */
const lifeDays = 824
const dayMs = 86_400_000
/** Clocks that were set back. */
const backdateMs = 3_600_000

/**
 * Makes a certificate for https://localhost and an authority that signed it and will sign nothing else: its
 * key is forgotten here, so that to trust it is to trust this one certificate. Should that key be had after
 * all, the authority is limited to the loopback by its own words.
 */
export async function makeLoopbackCertificate(world: {
  readonly nowMs: number
}): Promise<LoopbackCertificate> {
  x509.cryptoProvider.set(webcrypto)
  const notBefore = new Date(world.nowMs - backdateMs)
  const notAfter = new Date(notBefore.getTime() + lifeDays * dayMs)
  const term = { notBefore, notAfter, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } }
  const authorityKeys = await makeKeys()
  const authority = await selfSign(authorityKeys, term)
  const keys = await makeKeys()
  const certificate = await certify(keys.publicKey, { authority, authorityKeys, term })
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  const parts = [x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'), certificate, authority.toString('pem')]
  return readLoopbackCertificate(new Secret(parts.map((part) => `${part.trim()}\n`).join('')))
}

async function selfSign(keys: Keys, term: Term): Promise<x509.X509Certificate> {
  // Told apart by a number: who comes to trust a second one should see which is which.
  const name = `CN=apoctl login ${randomBytes(4).toString('hex')}, O=apoctl`
  return x509.X509CertificateGenerator.createSelfSigned({
    ...term,
    serialNumber: newSerialNumber(),
    name,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      new x509.Extension('2.5.29.30', true, onlyTheLoopback()),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
}

async function certify(
  publicKey: webcrypto.CryptoKey,
  by: { readonly authority: x509.X509Certificate; readonly authorityKeys: Keys; readonly term: Term },
): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.create({
    ...by.term,
    serialNumber: newSerialNumber(),
    subject: 'CN=localhost',
    issuer: by.authority.subject,
    signingKey: by.authorityKeys.privateKey,
    publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]),
      await x509.AuthorityKeyIdentifierExtension.create(by.authorityKeys.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  })
  return certificate.toString('pem')
}

function makeKeys(): Promise<Keys> {
  return webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
}

/** RFC 5280, 4.2.1.10: permitted are the name `localhost` and the addresses of the loopback, and no others. */
function onlyTheLoopback(): Buffer {
  const name = der.contextValue(2, Buffer.from('localhost', 'ascii'))
  const four = der.contextValue(7, Buffer.from([127, 0, 0, 1, 255, 255, 255, 255]))
  const six = der.contextValue(7, Buffer.concat([Buffer.alloc(15), Buffer.from([1]), Buffer.alloc(16, 255)]))
  return der.sequence(der.context(0, ...[name, four, six].map((base) => der.sequence(base))))
}

/** Random, positive, never starting with a zero that an encoder would have to think about. */
function newSerialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}
