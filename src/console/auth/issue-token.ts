import type { IssueDraft } from '../../contract/entities/issue.ts'
import { parseNamespaceName } from '../../contract/namespace-name.ts'
import { dayMs } from '../console-options.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import type { TokenClaims } from './claims.ts'
import { narrow } from './narrow-claims.ts'
import { durationMs } from './duration.ts'
import type { Issuing } from './proof.ts'
import { proofOf } from './realms.ts'

/** Exchanges proof of who somebody is for a token with the restrictions that were asked for. */
export async function issueToken(
  issuing: Issuing,
): Promise<{ readonly token: string; readonly claims: TokenClaims }> {
  const { wanted, services } = issuing
  const now = nowOf(services)
  const proof = await proofOf(issuing)
  const ends = Math.min(now.getTime() + validityMs(wanted, services), proof.notAfterMs)
  const claims = withoutEmpty({
    ...narrow(proof.claims, wanted),
    iss: services.url,
    iat: Math.floor(now.getTime() / 1000),
    exp: Math.floor(ends / 1000),
  })
  const token = await services.signer.sign(claims)
  if (token.length <= longestToken) return { token, claims }
  throw refuse(422, `The token would have ${token.length} characters, and ${longestToken} fit into a header`)
}

/** Half of what headers may have. */
const longestToken = 16_384

/** Zero and nothing mean the default; more than the Console allows is cut. */
function validityMs(wanted: IssueDraft, services: ConsoleServices): number {
  const ms = durationMs(wanted.validity ?? '')
  if (ms < 0) {
    throw refuse(422, { text: "Attribute 'validity' must not be negative", data: { attribute: 'validity' } })
  }
  const asked = ms === Number.POSITIVE_INFINITY ? dayMs : ms
  return Math.min(asked, services.limits.maxTokenValidityMs)
}

/** Refuses what would not restrict but confuse, before any proof is looked at. */
export function checkRestrictions(wanted: IssueDraft): void {
  const { restrictedNamespace = '' } = wanted
  const name = restrictedNamespace === '' ? undefined : parseNamespaceName(restrictedNamespace)
  if (name?.ok === false)
    throw refuse(422, { text: name.problem, data: { attribute: 'restrictedNamespace' } })
}

function withoutEmpty(claims: TokenClaims): TokenClaims {
  const isEmpty = (value: unknown): boolean =>
    value === undefined ||
    value === '' ||
    (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  return Object.fromEntries(
    Object.entries(claims).filter(([, value]) => !isEmpty(value)),
  ) as unknown as TokenClaims
}
