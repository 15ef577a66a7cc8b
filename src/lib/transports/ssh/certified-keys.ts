import { ApoctlError } from '../../errors/apoctl-error.ts'
import { readCertificate, type UserCertificate } from './certificate.ts'
import type { HostSettings } from './host-settings.ts'
import { rsaCertificateHash, shownTypeOf, type Identity } from './identity.ts'

/** A certificate that stands beside the file of its key. */
export interface CertifiedKey {
  readonly key: Identity
  readonly certificate: Identity
}

interface Search {
  readonly settings: HostSettings
  /** Keys in the agent. */
  readonly held: readonly Identity[]
  /** Keys in files. */
  readonly opened: readonly Identity[]
}

/**
 * Finds certificates: those that CertificateFile names, or else the ones beside the files of keys, as
 * `id_ed25519-cert.pub` is beside `id_ed25519`.
 */
export async function findCertificates(
  search: Search,
  to: { readonly problems: ApoctlError[] },
): Promise<{ readonly named: readonly Identity[]; readonly beside: readonly CertifiedKey[] }> {
  const { certificateFiles } = search.settings.login
  const named: Identity[] = []
  for (const path of certificateFiles) {
    const found = await namedCertificate(path, search)
    if (found instanceof ApoctlError) to.problems.push(found)
    else named.push(certified(found, to))
  }
  const beside: CertifiedKey[] = []
  for (const key of certificateFiles.length === 0 ? search.opened : []) {
    const path = key.path?.replace(/\.pub$/, '') ?? ''
    const certificate = await readCertificate(`${path}-cert.pub`)
    if (certificate !== undefined) beside.push({ key, certificate: certified({ key, certificate }, to) })
  }
  return { named, beside }
}

type Pair = { readonly key: Identity; readonly certificate: UserCertificate }

async function namedCertificate(path: string, search: Search): Promise<Pair | ApoctlError> {
  const certificate = await readCertificate(path)
  if (certificate === undefined) return unusable(`${path} is missing, or no certificate of a user`)
  const keys = [...search.opened, ...search.held]
  const key = keys.find(({ blob }) => blob.equals(certificate.publicKey))
  return key === undefined
    ? unusable(`nobody has the private key of the certificate ${path}`)
    : { key, certificate }
}

/** The key signs; the certificate says whose it is. */
function certified(pair: Pair, to: { readonly problems: ApoctlError[] }): Identity {
  const { key, certificate } = pair
  const now = new Date()
  if (now >= certificate.validBefore)
    to.problems.push(
      unusable(`the certificate ${certificate.path} expired at ${iso(certificate.validBefore)}`),
    )
  if (now < certificate.validAfter)
    to.problems.push(
      unusable(`the certificate ${certificate.path} is not valid before ${iso(certificate.validAfter)}`),
    )
  return {
    blob: certificate.blob,
    type: shownTypeOf(certificate.type),
    isCertificate: true,
    path: certificate.path,
    sign: (data) => key.sign(data, rsaCertificateHash),
  }
}

function iso(date: Date): string {
  return date.toISOString().replace(/\.000Z$/, 'Z')
}

function unusable(what: string): ApoctlError {
  return new ApoctlError(['APO-SSH-KEY', what], {
    hints: ['Get a new certificate, or name another one with CertificateFile in ~/.ssh/config.'],
  })
}
