import 'reflect-metadata'
import { createPublicKey, randomBytes, webcrypto, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'
import { dayMs } from '../console-options.ts'
import { readIfThere, writeDurably } from '../durable-file.ts'
import { refuse } from '../refused-request.ts'
import { loadOrMakeKey, toCryptoKeys } from './key-file.ts'

/** A certificate just made: PEM, and its serial number as Go prints it, in decimal. */
export interface IssuedCertificate {
  readonly pem: string
  readonly serialNumber: string
}

export interface ClientSubject {
  readonly commonName: string
  readonly organization: string
}

/** Who a client certificate speaks for. */
export interface ReadClientCertificate extends ClientSubject {
  /** In decimal, as Go prints it. */
  readonly serialNumber: string
  readonly notAfter: Date
}

/** Reads a client certificate, DER. Whether it can be trusted was decided by the TLS handshake. */
export function readClientCertificate(raw: Buffer): ReadClientCertificate {
  const certificate = new x509.X509Certificate(new Uint8Array(raw))
  return {
    commonName: certificate.subjectName.getField('CN')[0] ?? '',
    organization: certificate.subjectName.getField('O')[0] ?? '',
    serialNumber: BigInt(`0x${certificate.serialNumber}`).toString(),
    notAfter: certificate.notAfter,
  }
}

/** Signs what the Console vouches for. */
export interface CertificateAuthority {
  readonly pem: string
  /** For a client that made its key itself. Refuses requests that are malformed or not signed by their key. */
  certifyRequest(csr: string, subject: ClientSubject): Promise<IssuedCertificate>
  certifyClient(key: KeyObject, subject: ClientSubject): Promise<IssuedCertificate>
  certifyServer(key: KeyObject, names: readonly string[]): Promise<IssuedCertificate>
  certifyTokenSigner(key: KeyObject): Promise<IssuedCertificate>
}

const signing = { name: 'ECDSA', hash: 'SHA-256' } as const
const authorityDays = 3650
const clientDays = 1825
/** The longest that clients of every kind accept of a server. */
const serverDays = 398
/** Clocks of hosts are not always right. */
const backdateMs = 3_600_000

/** Opens the authority in the folder, or founds it. A half-founded one is completed. */
export async function openCertificateAuthority(
  folder: string,
  world: { readonly now: () => Date },
): Promise<CertificateAuthority> {
  x509.cryptoProvider.set(webcrypto)
  const keys = await toCryptoKeys(await loadOrMakeKey(join(folder, 'ca-key.pem')))
  const path = join(folder, 'ca.pem')
  const pem = (await readIfThere(path)) ?? (await selfSign(keys, world.now()))
  await writeDurably(path, { text: pem, mode: 0o644 })
  const authority = new x509.X509Certificate(pem)
  const sign = (wanted: WantedCertificate): Promise<IssuedCertificate> =>
    signCertificate(wanted, { issuer: authority.subjectName, keys, now: world.now() })
  return {
    pem,
    certifyRequest: async (csr, subject) =>
      sign({ ...clientOf(subject), publicKey: await keyOfRequest(csr) }),
    certifyClient: async (key, subject) => sign({ ...clientOf(subject), publicKey: publicKeyOf(key) }),
    certifyServer: async (key, names) =>
      sign({
        subject: nameOf({ CN: 'Microsegmentation Console' }),
        days: serverDays,
        publicKey: publicKeyOf(key),
        usage: x509.ExtendedKeyUsage.serverAuth,
        names,
      }),
    certifyTokenSigner: async (key) =>
      sign({
        subject: nameOf({ CN: 'token signer' }),
        days: authorityDays,
        publicKey: publicKeyOf(key),
      }),
  }
}

interface WantedCertificate {
  readonly subject: x509.Name
  readonly days: number
  readonly publicKey: x509.PublicKey
  readonly usage?: x509.ExtendedKeyUsage
  readonly names?: readonly string[]
}

function clientOf({ commonName, organization }: ClientSubject): Omit<WantedCertificate, 'publicKey'> {
  return {
    subject: nameOf({ CN: commonName, O: organization }),
    days: clientDays,
    usage: x509.ExtendedKeyUsage.clientAuth,
  }
}

/**
 * A name of such parts. Only this form of the library takes a value as it is: given as a plain string it
 * reads quotes and escapes in it, and the name of a credential could smuggle in another subject.
 */
function nameOf(parts: Readonly<Record<string, string>>): x509.Name {
  return new x509.Name(Object.entries(parts).map(([field, value]) => ({ [field]: [{ utf8String: value }] })))
}

function publicKeyOf(key: KeyObject): x509.PublicKey {
  return new x509.PublicKey(new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' })))
}

async function selfSign(keys: webcrypto.CryptoKeyPair, now: Date): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    name: nameOf({ CN: 'Microsegmentation Console', O: 'apoctl' }),
    notBefore: new Date(now.getTime() - backdateMs),
    notAfter: new Date(now.getTime() + authorityDays * dayMs),
    signingAlgorithm: signing,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return certificate.toString('pem')
}

async function signCertificate(
  wanted: WantedCertificate,
  by: { readonly issuer: x509.Name; readonly keys: webcrypto.CryptoKeyPair; readonly now: Date },
): Promise<IssuedCertificate> {
  const serialNumber = newSerialNumber()
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber,
    subject: wanted.subject,
    issuer: by.issuer,
    notBefore: new Date(by.now.getTime() - backdateMs),
    notAfter: new Date(by.now.getTime() + wanted.days * dayMs),
    signingAlgorithm: signing,
    signingKey: by.keys.privateKey,
    publicKey: wanted.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      await x509.AuthorityKeyIdentifierExtension.create(by.keys.publicKey),
      ...(wanted.usage === undefined ? [] : [new x509.ExtendedKeyUsageExtension([wanted.usage])]),
      ...(wanted.names === undefined ? [] : [alternativeNames(wanted.names)]),
    ],
  })
  return { pem: certificate.toString('pem'), serialNumber: BigInt(`0x${serialNumber}`).toString() }
}

function alternativeNames(names: readonly string[]): x509.SubjectAlternativeNameExtension {
  return new x509.SubjectAlternativeNameExtension(
    names.map((name) => ({ type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const), value: name })),
  )
}

async function keyOfRequest(csr: string): Promise<x509.PublicKey> {
  try {
    const request = new x509.Pkcs10CertificateRequest(csr)
    if (await request.verify()) return request.publicKey
  } catch {
    // Whatever the parser stumbled over, the answer is the same.
  }
  throw refuse(422, {
    text: "Attribute 'CSR' must be a PEM certificate signing request, signed by its own key",
    data: { attribute: 'CSR' },
  })
}

/** Random, positive, never starting with a zero that an encoder would have to think about. */
function newSerialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}
