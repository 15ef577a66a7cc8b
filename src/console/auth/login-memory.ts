import type { ConsoleServices } from '../services.ts'
import { createAttempts } from './attempts.ts'
import { createOidcLogins } from './oidc-logins.ts'

/** What is remembered of logins under way; a Console that starts anew has forgotten it. */
export function createLoginMemory(nowMs: () => number): Pick<ConsoleServices, 'attempts' | 'oidcLogins'> {
  return { attempts: createAttempts(nowMs), oidcLogins: createOidcLogins(nowMs) }
}
