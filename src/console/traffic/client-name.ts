import { createHash } from 'node:crypto'
import type { TokenClaims } from '../auth/claims.ts'
import type { ClientOfCall } from '../call.ts'
import { addressGroup } from './address-group.ts'

/** Whoever a token speaks for. Tokens that somebody has made of one, with restrictions, are the same client. */
export function clientOfToken({ realm, sub, data }: TokenClaims): string {
  // The subject of an app credential is the number of its certificate, which tells people nothing.
  const name = realm === 'certificate' ? (data['commonName'] ?? sub) : sub
  return `${realm} ${name}`
}

/**
 * Who shows no token that is good. With a client certificate of ours it is who the certificate is of: enforcers log
 * in with one, and neither their number nor a stranger behind the same address must keep them from it.
 */
export function strangerOf({ address, certificate }: ClientOfCall): string {
  if (certificate === undefined) return addressGroup(address)
  return `certificate sha256:${createHash('sha256').update(certificate).digest('hex')}`
}
