import { authn } from '../../contract/entities/authn.ts'
import { issue, type IssueDraft } from '../../contract/entities/issue.ts'
import { logout } from '../../contract/entities/identity/logout.ts'
import type { WireObject } from '../../contract/entity/definition.ts'
import { inspect } from '../auth/authenticate.ts'
import { checkRestrictions, issueToken } from '../auth/issue-token.ts'
import { beginOidcLogin } from '../auth/oidc.ts'
import { noTokenCookie, tokenCookie } from '../auth/token-cookie.ts'
import { isSet, textParameter, type Answer } from '../call.ts'
import { refuse } from '../refused-request.ts'
import { nowOf } from '../services.ts'
import type { HookContext, VirtualResource } from './resource.ts'

export const issues: VirtualResource = {
  kind: 'virtual',
  definition: issue,
  access: 'anyone',
  answer: async (object, context) => {
    const wanted = object as IssueDraft
    checkRestrictions(wanted)
    const { call, services } = context
    if (wanted.realm === 'OIDC' && wanted.metadata?.['code'] === undefined) {
      const Location = await beginOidcLogin({ wanted, client: call.client, services })
      return { status: 302, headers: { Location } }
    }
    const issued = await issueToken({ wanted, client: call.client, services })
    // The proof is not repeated in the answer: it may be a token or a password.
    const shown = { ...object, metadata: {}, data: '' }
    return isSet(call, 'asCookie')
      ? withCookie(shown, { ...context, ...issued })
      : { status: 200, body: { ...shown, token: issued.token } }
  },
}

/** The token where no script of the page can read it; beside it what it claims. */
function withCookie(
  object: WireObject,
  { services, token, claims }: HookContext & Awaited<ReturnType<typeof issueToken>>,
): Answer {
  const seconds = claims.exp - Math.floor(nowOf(services).getTime() / 1000)
  return { status: 200, body: { ...object, claims }, headers: { 'Set-Cookie': tokenCookie(token, seconds) } }
}

export const authns: VirtualResource = {
  kind: 'virtual',
  definition: authn,
  access: 'anyone',
  list: async (context) => ({ objects: [await verify(textParameter(context.call, 'token') ?? '', context)] }),
  create: (object, context) => verify(typeof object['token'] === 'string' ? object['token'] : '', context),
}

async function verify(token: string, { call, services }: HookContext): Promise<WireObject> {
  if (token === '') throw refuse(422, { text: "Attribute 'token' is required", data: { attribute: 'token' } })
  const { claims } = await inspect(token, { services, clientAddress: call.client.address })
  return { claims, token }
}

export const logouts: VirtualResource = {
  kind: 'virtual',
  definition: logout,
  access: 'anyone',
  list: () => ({ objects: [], headers: { 'Set-Cookie': noTokenCookie } }),
}
