import { createHash } from 'node:crypto'
import { account } from '../../contract/entities/identity/account.ts'
import { authTags } from '../../contract/tags/auth-tags.ts'
import { asLongAs } from './as-long-as.ts'
import type { TokenClaims } from './claims.ts'
import type { Grant } from './grants.ts'
import { checkAccount, ownAccount } from './local-account.ts'
import type { PrincipalContext, Standing } from './standing.ts'

/** Who is no app credential has what the policies give to such claims; an account has to be there and open. */
export function standingOfClaims(claims: TokenClaims, context: PrincipalContext): Standing {
  const { policies, clientAddress, store } = context
  const tags = authTags(claims)
  const key = `claims:${createHash('sha256').update(JSON.stringify(tags)).digest('hex')}`
  const given = (): readonly Grant[] => policies.grantsOf(tags, clientAddress)
  if (claims.realm !== 'vince') return { key, credentialId: '', grants: given }
  const always = asLongAs({ definition: account, store }, () => {
    checkAccount(claims, store)
    return [ownAccount]
  })
  const grants = (): readonly Grant[] => {
    const own = always()
    return own === undefined ? [] : [...given(), ...own]
  }
  return { key, credentialId: '', grants }
}
