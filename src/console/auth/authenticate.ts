import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import { principalOf, type Principal } from './principal.ts'

export interface AuthenticationContext {
  readonly services: Pick<ConsoleServices, 'signer' | 'store' | 'world' | 'policies'>
  readonly clientAddress: string
}

/** Who a token speaks for. Counts one use where the token has a quota; refuses with 401, 403 or 417. */
export async function authenticate(token: string, context: AuthenticationContext): Promise<Principal> {
  const principal = await recognize(token, context)
  countUse(principal, context.services)
  return principal
}

/** Counts one use where the token has a quota; refuses with 417 when there is none left. */
export function countUse({ claims }: Principal, services: Pick<ConsoleServices, 'store' | 'world'>): void {
  const { quota, jti, exp } = claims
  if (quota === undefined) return
  const limit = { quota, expiresMs: exp * 1000, nowMs: nowOf(services).getTime() }
  // Durable before the request is served: a crash must not give uses back.
  if (!services.store.write((writer) => writer.useToken(jti, limit))) throw usedUp(quota)
}

/** As recognize, for somebody who only wants to know whether the token is still good; refuses one that is used up. */
export async function inspect(token: string, context: AuthenticationContext): Promise<Principal> {
  const principal = await recognize(token, context)
  const { quota, jti } = principal.claims
  if (quota !== undefined && context.services.store.tokenUses(jti) >= quota) throw usedUp(quota)
  return principal
}

/** As authenticate, without counting. */
export async function recognize(token: string, context: AuthenticationContext): Promise<Principal> {
  const { services, clientAddress } = context
  const claims = await services.signer.verify(token, nowOf(services))
  const { store, policies } = services
  return principalOf(claims, { store, policies, clientAddress })
}

function usedUp(quota: number): Error {
  return refuse(417, `The token was used as often as its quota allows, ${quota}`)
}

/** The token of an Authorization header: exactly two words, the first of them Bearer. */
export function bearerToken(header: string | undefined): string {
  const [scheme, token, ...rest] = (header ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined || token === '' || rest.length > 0) {
    throw refuse(401, 'The request needs a header Authorization: Bearer <token>')
  }
  return token
}
