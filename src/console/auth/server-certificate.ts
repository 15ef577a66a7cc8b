import { createPrivateKey, X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import type { CertificateAuthority } from './certificate-authority.ts'
import { makeKey, pemOf } from './key-file.ts'
import { dayMs } from '../console-options.ts'
import { readIfThere, writeDurably } from '../durable-file.ts'

export interface ServerCertificate {
  readonly key: string
  readonly cert: string
  /** True when a new one was made at this start. */
  readonly renewed: boolean
}

const renewBeforeMs = 120 * dayMs

/** The certificate of the last start, or a new one when the names changed or it ends soon. */
export async function loadServerCertificate(
  folder: string,
  wanted: { readonly names: readonly string[]; readonly authority: CertificateAuthority; readonly now: Date },
): Promise<ServerCertificate> {
  // One file: a key and a certificate that do not belong together would be worse than none.
  const path = join(folder, 'server.pem')
  const former = await readIfThere(path)
  if (former !== undefined && isGood(former, wanted)) return { key: former, cert: former, renewed: false }
  const key = makeKey()
  const { pem } = await wanted.authority.certifyServer(key, wanted.names)
  const both = `${pem.trim()}\n${pemOf(key)}`
  await writeDurably(path, { text: both, mode: 0o600 })
  return { key: both, cert: both, renewed: true }
}

function isGood(
  pem: string,
  wanted: { readonly names: readonly string[]; readonly authority: CertificateAuthority; readonly now: Date },
): boolean {
  try {
    const certificate = new X509Certificate(pem)
    const ends = Date.parse(certificate.validTo)
    return (
      ends - wanted.now.getTime() > renewBeforeMs &&
      certificate.checkPrivateKey(createPrivateKey(pem)) &&
      certificate.verify(new X509Certificate(wanted.authority.pem).publicKey) &&
      namesIn(certificate).join() === [...wanted.names].sort().join()
    )
  } catch {
    return false
  }
}

/** `DNS:localhost, IP Address:127.0.0.1`; IPv6 comes written out. */
function namesIn(certificate: X509Certificate): readonly string[] {
  return (certificate.subjectAltName ?? '')
    .split(', ')
    .map((entry) => shortest(entry.slice(entry.indexOf(':') + 1)))
    .sort()
}

function shortest(name: string): string {
  return name.includes(':') ? new URL(`https://[${name}]`).hostname.slice(1, -1) : name
}
