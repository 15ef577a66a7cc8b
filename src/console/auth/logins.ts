import type { ConsoleServices } from '../services.ts'
import type { ConsoleWorld } from '../world.ts'
import { createAttempts } from './attempts.ts'
import type { CloudOptions } from './clouds/cloud-options.ts'
import { createClouds } from './clouds/clouds.ts'
import { createOidcLogins } from './oidc-logins.ts'

/** With what proofs are judged: tries, logins under way (forgotten when a Console starts anew), and the clouds. */
export function createLogins(
  clouds: CloudOptions,
  world: ConsoleWorld,
): Pick<ConsoleServices, 'attempts' | 'oidcLogins' | 'clouds'> {
  const nowMs = (): number => world.clock.nowMs()
  return {
    attempts: createAttempts(nowMs),
    oidcLogins: createOidcLogins(nowMs),
    clouds: createClouds(clouds, world),
  }
}
