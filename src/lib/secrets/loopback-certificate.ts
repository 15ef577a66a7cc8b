import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Secret } from './secret.ts'

/** What a server on the loopback shows to browsers, and what has to be trusted so that they believe it. */
export interface LoopbackCertificate {
  /** Key, certificate and authority in one PEM text, as TLS takes it. */
  readonly tlsPem: Secret
  /** The authority alone, PEM: this is what a person has their machine trust. */
  readonly authorityPem: string
  readonly expiresAtMs: number
}

const certificateForm = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g

/** Reads what `makeLoopbackCertificate` made. Throws what Node's crypto throws when it is anything else. */
export function readLoopbackCertificate(tlsPem: Secret): LoopbackCertificate {
  const text = tlsPem.reveal()
  const [certificatePem = '', authorityPem = ''] = text.match(certificateForm) ?? []
  const certificate = new X509Certificate(certificatePem)
  const authority = new X509Certificate(authorityPem)
  if (!certificate.checkPrivateKey(createPrivateKey(text)) || !certificate.verify(authority.publicKey))
    throw new RangeError('key, certificate and authority do not belong together')
  return { tlsPem, authorityPem, expiresAtMs: Date.parse(certificate.validTo) }
}
