/** HTTP methods by identity, as `GET /roles` shows them; `*` is every identity that is not named. */
export type Authorizations = Readonly<Record<string, readonly string[]>>

export interface RoleDefinition {
  readonly key: string
  readonly name: string
  readonly description: string
  readonly private: boolean
  readonly authorizations: Authorizations
  /** Identities of which the role reaches only the caller's own objects. */
  readonly own: readonly string[]
  /** Roles that its holder may give to others without having them. */
  readonly mayGive: readonly string[]
}

const prefix = '@auth:role='
const all = ['get', 'head', 'post', 'put', 'patch', 'delete']
const read = ['get', 'head']
/** A heartbeat is a read that writes: who may only look must not send any. */
const readEverything: Authorizations = { '*': read, poke: [] }

function role(
  name: string,
  rest: Partial<RoleDefinition> & Pick<RoleDefinition, 'name' | 'description'>,
): RoleDefinition {
  return { key: `${prefix}${name}`, private: false, authorizations: {}, own: [], mayGive: [], ...rest }
}

const enforcerAuthorizations: Authorizations = {
  enforcer: all,
  processingunit: all,
  poke: read,
  debugbundle: ['get', 'head', 'post'],
  pingrequest: ['post'],
  pingprobe: ['get', 'post'],
  // Sent to it over the event socket, and never by it.
  enforcerrefresh: ['get'],
  processingunitrefresh: ['get'],
  // Its own, to register and to renew.
  appcredential: ['get', 'post', 'put', 'patch', 'delete'],
}

const ofEnforcers = [
  'enforcer',
  'processingunit',
  'appcredential',
  'poke',
  'debugbundle',
  'pingprobe',
  'enforcerrefresh',
  'processingunitrefresh',
]

/** Every role there is. Who holds a role may do this in the namespace of the credential and below. */
export const roles: readonly RoleDefinition[] = [
  role('namespace.administrator', {
    name: 'Namespace Administrator',
    description: 'Can do everything in the namespace and below.',
    authorizations: { '*': all },
  }),
  role('namespace.viewer', {
    name: 'Namespace Viewer',
    description: 'Can see everything in the namespace and below.',
    authorizations: readEverything,
  }),
  role('infrastructure.administrator', {
    name: 'Infrastructure Administrator',
    description: 'Can edit everything except namespaces.',
    authorizations: { '*': all, namespace: read },
  }),
  role('infrastructure.viewer', {
    name: 'Infrastructure Viewer',
    description: 'Can see everything.',
    authorizations: readEverything,
  }),
  role('application.developer', {
    name: 'Application Developer',
    description: 'Can edit network policies and services; can see processing units and external networks.',
    authorizations: {
      networkrulesetpolicy: all,
      service: all,
      servicedependencypolicy: all,
      tokenscopepolicy: all,
      processingunit: read,
      externalnetwork: read,
      role: read,
    },
  }),
  role('application.viewer', {
    name: 'Application Viewer',
    description: 'Can see network policies, services, processing units and external networks.',
    authorizations: {
      networkrulesetpolicy: read,
      service: read,
      servicedependencypolicy: read,
      tokenscopepolicy: read,
      processingunit: read,
      externalnetwork: read,
      role: read,
    },
  }),
  role('enforcer', {
    name: 'Enforcer',
    description: 'Can register one enforcer, and look after it and its processing units.',
    authorizations: enforcerAuthorizations,
    own: ofEnforcers,
  }),
  role('enforcer.runtime', {
    name: 'Enforcer Runtime',
    description: 'The same as Enforcer, by the name that some tools use.',
    private: true,
    authorizations: enforcerAuthorizations,
    own: ofEnforcers,
  }),
  role('enforcer-installer', {
    name: 'Enforcer Installer',
    description: 'Can make credentials for enforcers and see whether they came up; can remove them.',
    authorizations: {
      appcredential: ['get', 'head', 'post', 'delete'],
      enforcer: ['get', 'head', 'delete'],
      processingunit: ['get', 'head', 'delete'],
      role: read,
    },
    mayGive: [`${prefix}enforcer`, `${prefix}enforcer.runtime`],
  }),
]

export const administratorRole = `${prefix}namespace.administrator`

export function findRole(key: string): RoleDefinition | undefined {
  return roles.find((each) => each.key === key)
}
