import { rootCertificates } from 'node:tls'
import type { WireTrust } from './wire.ts'

/**
 * What to give Node as `ca`, or undefined for its own default. Giving `ca` replaces the default, so
 * the public authorities are named again beside the private one.
 */
export function trustedAuthorities(trust: WireTrust): string[] | undefined {
  if (trust.authoritiesPem === undefined && trust.publicAuthoritiesPem === undefined) return undefined
  const publicOnes =
    trust.publicAuthoritiesPem === undefined ? rootCertificates : [trust.publicAuthoritiesPem]
  return [...publicOnes, ...(trust.authoritiesPem === undefined ? [] : [trust.authoritiesPem])]
}
