import type { WireObject } from '../../contract/entity/definition.ts'
import { healthCheck } from '../../contract/entities/health-check.ts'
import { role } from '../../contract/entities/role.ts'
import { roles } from '../auth/roles.ts'
import { isSet } from '../call.ts'
import { accessibleNamespaces, apiChecks } from './access-questions.ts'
import { pokes } from './pokes.ts'
import type { VirtualAnswer, VirtualResource } from './resource.ts'
import { authns, issues, logouts } from './sessions.ts'

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

export const virtualResources: readonly VirtualResource[] = [
  issues,
  authns,
  logouts,
  apiChecks,
  accessibleNamespaces,
  roleList,
  healthChecks,
  pokes,
]
