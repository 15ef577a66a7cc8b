import { Secret } from '../../secrets/secret.ts'
import type { HostInstallContext, HostInstallOptions } from './host-install.ts'
import type { InstalledState } from './inspect-host.ts'
import { needsEnrolment, type Enrolment } from './plan-install.ts'

/** What an enforcer that has no credential yet shall prove itself with; undefined where it has one. */
export async function arrangeEnrolment(
  host: {
    readonly options: HostInstallOptions
    readonly state: InstalledState
    readonly machineId: string
  },
  { registry, signal }: HostInstallContext,
): Promise<Enrolment | undefined> {
  const { options, state, machineId } = host
  if (!needsEnrolment(state)) return undefined
  if (options.dryRun) return unmade(options)
  switch (options.enrolment) {
    case 'token':
      return { type: 'token', token: options.token ?? (await registry.enrolmentToken(signal)) }
    case 'app-credential':
      return { type: 'app-credential', file: await registry.makeCredential(machineId, signal) }
  }
}

/** For what is only looked at: nothing is issued, and the plan says the same as when it is. */
function unmade({ enrolment }: HostInstallOptions): Enrolment | undefined {
  return enrolment === 'app-credential' ? { type: 'app-credential', file: new Secret('') } : undefined
}
