import type { IssueDraft } from '../../contract/entities/issue.ts'
import type { ClientOfCall } from '../call.ts'
import type { ConsoleServices } from '../services.ts'
import type { TokenClaims } from './claims.ts'

/** What proof was shown: claims without their end, and when they end at the latest. */
export interface Proof {
  readonly claims: Omit<TokenClaims, 'exp' | 'iat' | 'iss'>
  readonly notAfterMs: number
}

export interface Issuing {
  readonly wanted: IssueDraft
  readonly client: ClientOfCall
  readonly services: ConsoleServices
}
