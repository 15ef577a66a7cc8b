import { createRegistry } from '../entity/registry.ts'
import { appCredential } from './app-credential.ts'
import { authn } from './authn.ts'
import { enforcer } from './enforcer.ts'
import { healthCheck } from './health-check.ts'
import { issue } from './issue.ts'
import { namespace } from './namespace.ts'
import { poke } from './poke.ts'
import { processingUnit } from './processing-unit.ts'
import { role } from './role.ts'

/** Every entity that has routes of its own. */
export const entities = createRegistry([
  appCredential,
  authn,
  enforcer,
  healthCheck,
  issue,
  namespace,
  poke,
  processingUnit,
  role,
])
