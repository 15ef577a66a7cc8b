import { randomUUID } from 'node:crypto'
import { account } from '../../contract/entities/identity/account.ts'
import { textOf } from '../../contract/entity/definition.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import type { StoredObject } from '../store/store.ts'
import { claimsOfAccount } from './local-account.ts'
import { metadataOption, metadataText } from './metadata.ts'
import { isPassword } from './password.ts'
import type { Issuing, Proof } from './proof.ts'
import { takesCode } from './second-factor.ts'

/**
 * Name and password of a local account, and a code where it has a second factor. What of them is wrong is not
 * told: an unknown name and a wrong password take the same time, too.
 */
export async function proofByPassword({ wanted, client, services }: Issuing): Promise<Proof> {
  const name = metadataText(wanted, 'vinceAccount')
  const password = metadataText(wanted, 'vincePassword')
  const attempt = { account: name, address: client.address }
  services.attempts.begin(attempt)
  const stored = findAccount(name, services)
  const hash = stored === undefined ? undefined : textOf(stored.internal, 'passwordHash')
  const right = await isPassword(password, hash)
  const code = metadataOption(wanted, 'vinceOTP') ?? ''
  const isOpen = right && stored?.object['accessEnabled'] === true
  if (!isOpen || !takesCode({ accountId: textOf(stored.object, 'ID'), code }, services)) {
    throw refuse(
      401,
      'There is no such account, or its password or one-time code is another one, or it may not log in',
    )
  }
  services.attempts.succeeded(attempt)
  return {
    claims: { ...claimsOfAccount(stored.object), jti: randomUUID() },
    notAfterMs: Number.POSITIVE_INFINITY,
  }
}

function findAccount(name: string, services: ConsoleServices): StoredObject | undefined {
  const { store } = services
  const [object] = store.list(account, {
    scope: { namespace: '/', recursive: false, propagated: false },
    filter: { kind: 'comparison', key: 'name', operator: '==', value: name },
    order: [],
    paging: { type: 'page', page: 1, size: 1 },
    now: nowOf(services),
    complete: (found) => found,
  }).objects
  return object === undefined ? undefined : store.find(account, textOf(object, 'ID'))
}
