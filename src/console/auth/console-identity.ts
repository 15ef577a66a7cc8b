import { join } from 'node:path'
import type { ConsoleOptions } from '../console-options.ts'
import type { ConsoleServices } from '../services.ts'
import type { ObjectStore } from '../store/store.ts'
import type { ConsoleWorld } from '../world.ts'
import { openCertificateAuthority } from './certificate-authority.ts'
import { namesOfConsole } from './certificate-names.ts'
import { loadOrMakeKey } from './key-file.ts'
import { createLogins } from './logins.ts'
import { createPolicyBook } from './policy-book.ts'
import { loadServerCertificate, type ServerCertificate } from './server-certificate.ts'
import { loadTokenCertificate } from './token-certificate.ts'
import { createTokenSigner } from './token-signer.ts'

/** With what a Console vouches for others and for itself. */
export interface ConsoleIdentity extends Pick<
  ConsoleServices,
  'authority' | 'signer' | 'tokenCertificatePem' | 'policies' | 'attempts' | 'oidcLogins' | 'clouds'
> {
  readonly certificate: ServerCertificate
}

/** Reads keys and certificates from the data directory, and makes those that are missing or too old. */
export async function openIdentity(
  options: ConsoleOptions,
  { world, store }: { readonly world: ConsoleWorld; readonly store: ObjectStore },
): Promise<ConsoleIdentity> {
  const { dataDir, listen, publicUrl } = options
  const now = (): Date => new Date(world.clock.nowMs())
  const authority = await openCertificateAuthority(dataDir, { now })
  const names = namesOfConsole({ host: listen.host, publicUrl })
  const certificate = await loadServerCertificate(dataDir, { names, authority, now: now() })
  if (certificate.renewed) world.note({ type: 'certificate-renewed', names })
  const tokenKey = await loadOrMakeKey(join(dataDir, 'token-key.pem'))
  const tokenCertificatePem = await loadTokenCertificate(dataDir, { key: tokenKey, authority })
  const nowMs = (): number => world.clock.nowMs()
  return {
    authority,
    certificate,
    signer: createTokenSigner(tokenKey),
    tokenCertificatePem,
    policies: createPolicyBook({ store, nowMs }),
    ...createLogins(options.clouds ?? {}, world),
  }
}
