import { account } from '../../contract/entities/identity/account.ts'
import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { refuse } from '../refused-request.ts'
import type { ObjectStore } from '../store/store.ts'
import type { TokenClaims } from './claims.ts'
import type { Grant } from './grants.ts'

/** What tokens of an account say, and policies see. */
export function claimsOfAccount(object: WireObject): Pick<TokenClaims, 'realm' | 'data' | 'sub'> {
  const name = textOf(object, 'name')
  const data = { account: name, email: textOf(object, 'email'), id: textOf(object, 'ID'), organization: name }
  return { realm: 'vince', data: { ...data, realm: 'vince' }, sub: name }
}

/** Refuses with 401 when the account of a token is gone, closed, or logs in with something else since. */
export function checkAccount(claims: TokenClaims, store: Pick<ObjectStore, 'find'>): void {
  const stored = store.find(account, claims.data['id'] ?? '')
  if (stored?.object['accessEnabled'] !== true) {
    throw refuse(401, 'The account of the token does not exist any more, or may not log in')
  }
  const changedMs = Math.max(
    ...['passwordTimeMs', 'otpTimeMs'].map((key) => Number(stored.internal[key] ?? 0)),
  )
  if (claims.iat !== 0 && claims.iat < Math.floor(changedMs / 1000)) {
    throw refuse(401, 'The password or the second factor was changed since the token was made; log in again')
  }
}

/** Everybody may see the own account and change its password. */
export const ownAccount: Grant = {
  namespaces: ['/'],
  mayGive: [],
  weight: 'implied',
  permissions: new Map(['get', 'put', 'patch'].map((method) => [`${account.name},${method}`, 'own'])),
}
