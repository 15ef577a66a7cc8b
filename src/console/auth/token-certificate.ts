import { X509Certificate, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { readIfThere, writeDurably } from '../durable-file.ts'
import type { CertificateAuthority } from './certificate-authority.ts'

/**
 * The certificate with which others check tokens, PEM: the one of the last start, or a new one when the key, or
 * the authority, is another one since.
 */
export async function loadTokenCertificate(
  folder: string,
  { key, authority }: { readonly key: KeyObject; readonly authority: CertificateAuthority },
): Promise<string> {
  const path = join(folder, 'token.pem')
  const former = await readIfThere(path)
  if (former !== undefined && isOf(former, { key, authority })) return former
  const { pem } = await authority.certifyTokenSigner(key)
  await writeDurably(path, { text: pem, mode: 0o644 })
  return pem
}

function isOf(
  pem: string,
  { key, authority }: { readonly key: KeyObject; readonly authority: CertificateAuthority },
): boolean {
  try {
    const certificate = new X509Certificate(pem)
    return (
      certificate.checkPrivateKey(key) && certificate.verify(new X509Certificate(authority.pem).publicKey)
    )
  } catch {
    return false
  }
}
