import type { WireObject } from '../../contract/entity/definition.ts'
import { authn } from '../../contract/entities/authn.ts'
import { healthCheck } from '../../contract/entities/health-check.ts'
import { issue, type IssueDraft } from '../../contract/entities/issue.ts'
import { role } from '../../contract/entities/role.ts'
import { recognize } from '../auth/authenticate.ts'
import { checkRestrictions, issueToken } from '../auth/issue-token.ts'
import { roles } from '../auth/roles.ts'
import { isSet, textParameter } from '../call.ts'
import { refuse } from '../refused-request.ts'
import { pokes } from './pokes.ts'
import type { HookContext, VirtualAnswer, VirtualResource } from './resource.ts'

const issues: VirtualResource = {
  kind: 'virtual',
  definition: issue,
  access: 'anyone',
  create: async (object, { call, services }) => {
    if (isSet(call, 'asCookie')) throw refuse(501, 'This Console does not give tokens as cookies')
    const wanted = object as IssueDraft
    checkRestrictions(wanted)
    const token = await issueToken({ wanted, client: call.client, services })
    // The proof is not repeated in the answer: it may be a token or a password.
    return { ...object, metadata: {}, token }
  },
}

const authns: VirtualResource = {
  kind: 'virtual',
  definition: authn,
  access: 'anyone',
  list: async (context) => ({ objects: [await verify(textParameter(context.call, 'token') ?? '', context)] }),
  create: (object, context) => verify(typeof object['token'] === 'string' ? object['token'] : '', context),
}

async function verify(token: string, { call, services }: HookContext): Promise<WireObject> {
  if (token === '') throw refuse(422, { text: "Attribute 'token' is required", data: { attribute: 'token' } })
  const { claims } = await recognize(token, { services, clientAddress: call.client.address })
  return { claims, token }
}

const roleList: VirtualResource = {
  kind: 'virtual',
  definition: role,
  access: 'token',
  list: () => ({
    objects: roles.map(({ key, name, description, authorizations, private: hidden }) => ({
      key,
      name,
      description,
      authorizations,
      private: hidden,
    })),
  }),
}

const healthChecks: VirtualResource = {
  kind: 'virtual',
  definition: healthCheck,
  access: 'anyone',
  list: ({ call, services }) =>
    quietly(
      isSet(call, 'quiet'),
      healthOf(() => services.store.probe()),
    ),
}

/** 218 is the vendor's way to say: I can answer, and what I stand on is broken. */
function healthOf(probe: () => number): VirtualAnswer {
  const row = (type: string, name: string): WireObject => ({ type, name, status: 'Operational' })
  const others = [row('MessagingSystem', 'events'), row('Service', 'api')]
  try {
    const responseTime = `${probe().toFixed(3)}ms`
    return { status: 200, objects: [{ ...row('Database', 'sqlite'), responseTime }, ...others] }
  } catch {
    const alerts = ['The database does not answer']
    return { status: 218, objects: [{ ...row('Database', 'sqlite'), status: 'Offline', alerts }, ...others] }
  }
}

function quietly(quiet: boolean, answer: VirtualAnswer): VirtualAnswer {
  return quiet ? { ...answer, objects: [] } : answer
}

export const virtualResources: readonly VirtualResource[] = [issues, authns, roleList, healthChecks, pokes]
