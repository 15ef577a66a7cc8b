import { createHash } from 'node:crypto'
import type { Clock } from '../../async/clock.ts'
import { Secret } from '../../secrets/secret.ts'
import type { KeptSessions, WireOptions } from '../wire/wire.ts'
import type { KeptTokens } from './kept-tokens.ts'

/** RFC 8446 lets no session be resumed after a week; what verified it should be looked at again sooner. */
const longestLifeMs = 24 * 3_600_000
/** A resumed connection brings another session at once; so young a one need not be replaced. */
const freshMs = 60_000

/**
 * Keeps TLS sessions beside the tokens. A session stands for a certificate that was verified, so it is
 * found again only for the same Console by those who trust the same authorities.
 */
export function keptSessions(
  wire: Pick<WireOptions, 'origin' | 'authoritiesPem' | 'publicAuthoritiesPem'>,
  world: { readonly keptTokens: KeptTokens; readonly clock: Pick<Clock, 'nowMs'> },
): KeptSessions {
  const { keptTokens, clock } = world
  const trust = JSON.stringify([wire.authoritiesPem, wire.publicAuthoritiesPem])
  const name = JSON.stringify(['session', wire.origin, createHash('sha256').update(trust).digest('hex')])
  const ageMs = () => clock.nowMs() - (keptTokens.read(name)?.issuedAtMs ?? -Infinity)
  return {
    read() {
      const age = ageMs()
      if (age < 0 || age > longestLifeMs) return undefined
      const session = keptTokens.read(name)?.token.reveal()
      return session === undefined ? undefined : Buffer.from(session, 'base64')
    },
    keep(session, isRenewal) {
      if (isRenewal && ageMs() < freshMs) return
      keptTokens.keep(name, { token: new Secret(session.toString('base64')), issuedAtMs: clock.nowMs() })
    },
  }
}
