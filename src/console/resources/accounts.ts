import { account } from '../../contract/entities/identity/account.ts'
import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { authTags } from '../../contract/tags/auth-tags.ts'
import { checkCovers } from '../auth/authorize.ts'
import { hashPassword, isPassword } from '../auth/password.ts'
import { enrol, hasSecondFactor, withoutSecondFactor } from '../auth/second-factor.ts'
import { claimsOfAccount } from '../auth/local-account.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import type { StoredObject } from '../store/store.ts'
import type { Draft, HookContext, StoredResource } from './resource.ts'

/**
 * Accounts, all in the root namespace: a name is one person, wherever policies speak of it. Whoever makes one
 * or sets its password could log in with it, so it must not be able to do more than they can.
 */
export const accounts: StoredResource = {
  kind: 'stored',
  definition: account,
  prepareCreate: async (draft, context) => {
    if (context.call.namespace !== '/')
      throw refuse(403, 'Accounts live in the root namespace: X-Namespace: /')
    draft.object['accessEnabled'] = true
    checkGains(draft.object, context)
    await setPassword(draft, {
      ...context,
      password: textOf(draft.object, 'password'),
      attribute: 'password',
    })
    setSecondFactor(draft, context.services)
    finish(draft)
  },
  prepareUpdate: async (draft, context) => {
    const { call, stored } = context
    if (call.caller?.reach === 'own') {
      draft.object = { ...stored.object, ...ownPart(draft.object) }
      const isDelicate =
        textOf(draft.object, 'newPassword') !== '' ||
        draft.object['OTPEnabled'] !== stored.object['OTPEnabled']
      if (isDelicate) await checkPresent(draft, context)
    } else {
      checkGains(stored.object, context)
      checkGains(draft.object, context)
    }
    const password = textOf(draft.object, 'newPassword')
    if (password !== '') await setPassword(draft, { ...context, password, attribute: 'newPassword' })
    setSecondFactor(draft, context.services)
    finish(draft)
  },
  forRepeat: (answer) => ({ ...answer, OTPQRCode: '' }),
  own: (principal) => ({
    kind: 'comparison',
    key: 'ID',
    operator: '==',
    value: principal.claims.realm === 'vince' ? (principal.claims.data['id'] ?? '') : '',
  }),
}

/** What people change of their own account; address and access are said by others. */
function ownPart(object: WireObject): WireObject {
  const names = ['firstName', 'lastName', 'company', 'password', 'newPassword', 'OTPEnabled']
  return Object.fromEntries(names.map((name) => [name, object[name]]))
}

function checkGains(object: WireObject, { call, services }: HookContext): void {
  if (call.caller === undefined) return
  checkCovers(call.caller.principal, services.policies.everGranted(authTags(claimsOfAccount(object))))
}

async function checkPresent(
  draft: Draft,
  { call, services, stored }: HookContext & { readonly stored: StoredObject },
): Promise<void> {
  const attempt = { account: textOf(stored.object, 'name'), address: call.client.address }
  services.attempts.begin(attempt)
  const hash = textOf(stored.internal, 'passwordHash')
  if (!(await isPassword(textOf(draft.object, 'password'), hash))) {
    throw refuse(403, { text: 'The present password is another one', data: { attribute: 'password' } })
  }
  services.attempts.succeeded(attempt)
}

interface WantedPassword {
  readonly password: string
  readonly attribute: string
  readonly services: ConsoleServices
}

const leastLength = 8
/** Longer ones are no passwords of people. */
const mostLength = 1024

async function setPassword(draft: Draft, { password, attribute, services }: WantedPassword): Promise<void> {
  const problem =
    password === ''
      ? `Attribute '${attribute}' is required`
      : password.length < leastLength || password.length > mostLength
        ? `Attribute '${attribute}' must have ${leastLength} to ${mostLength} characters`
        : undefined
  if (problem !== undefined) throw refuse(422, { text: problem, data: { attribute } })
  draft.internal['passwordHash'] = await hashPassword(password)
  draft.internal['passwordTimeMs'] = nowOf(services).getTime()
}

/**
 * A second factor holds from the moment it is wished for. Its image is in that one answer: whoever could see it
 * later could make codes as well. Who lost it asks somebody to turn it off, and on again.
 */
function setSecondFactor(draft: Draft, services: ConsoleServices): void {
  const isWanted = draft.object['OTPEnabled'] === true
  if (isWanted === hasSecondFactor(draft.internal)) return
  draft.internal = { ...withoutSecondFactor(draft.internal), otpTimeMs: nowOf(services).getTime() }
  if (!isWanted) return
  const { kept, qrCode } = enrol(textOf(draft.object, 'name'), services.url)
  Object.assign(draft.internal, kept)
  draft.extra['OTPQRCode'] = qrCode
}

/** No password goes any further. */
function finish({ object }: Draft): void {
  Object.assign(object, { password: '', newPassword: '', reCAPTCHAKey: '' })
  object['status'] = object['accessEnabled'] === true ? 'Active' : 'Disabled'
}
