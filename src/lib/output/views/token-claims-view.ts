import type { TokenClaims } from '../../credentials/verify.ts'
import { exitCode } from '../../errors/exit-code.ts'
import { toJson } from '../document.ts'
import type { Presentation } from '../presentation.ts'

/** The claims alone, as JSON in every case: `apoctl auth verify | jq -r .iss` is how guides find the Console. */
export const tokenClaimsPresentation: Presentation<TokenClaims> = {
  kind: 'TokenClaims',
  exitCode: () => exitCode.ok,
  views: { table: (claims) => toJson(claims, 2) },
}
