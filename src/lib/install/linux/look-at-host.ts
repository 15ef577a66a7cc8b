import { deriveMachineId } from '../../../contract/machine-id.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { Secret } from '../../secrets/secret.ts'
import type { EnforcerBundle } from '../bundle/open-enforcer-bundle.ts'
import { fingerprintOf } from '../plan/fingerprint.ts'
import type { Step } from '../plan/step.ts'
import { arrangeDelivery } from './arrange-delivery.ts'
import type { HostInstallContext, HostInstallOptions } from './host-install.ts'
import { inspectHost, type InstalledState } from './inspect-host.ts'
import { refuseOtherConsole } from './other-console.ts'
import { needsEnrolment, planInstall, type Enrolment } from './plan-install.ts'

/** What is to be done on a host, and what that was worked out from. */
export interface HostWork {
  readonly bundle: EnforcerBundle
  readonly machineId: string
  readonly steps: readonly Step[]
  readonly fingerprint: string
  /** The version that is current there now. */
  readonly currentVersion: string | undefined
}

/** Looks at a host and works out what is to do there. Rejects with APO-INSTALL-OTHER-CONSOLE or APO-BUNDLE-*. */
export async function lookAtHost(
  options: HostInstallOptions,
  context: HostInstallContext,
): Promise<HostWork> {
  const state = await inspectHost(context.transport, context)
  refuseOtherConsole(state, { configuration: options.configuration, target: context.transport.target })
  const { currentVersion } = state
  const isUpgrade = options.upgrade !== undefined
  if (isUpgrade && currentVersion === undefined)
    throw new ApoctlError(['APO-UPGRADE-ABSENT', `${context.transport.target} has no enforcer to upgrade`])
  const bundle = await options.bundleFor(state.machine)
  const machineId = deriveMachineId(state.machineId)
  const enrolment = await enrolmentFor({ options, state, machineId }, context)
  const delivery = await arrangeDelivery({ state, bundle, options }, context)
  const configuration = isUpgrade ? undefined : options.configuration
  const steps = planInstall(state, { ...options, ...delivery, configuration, bundle, enrolment })
  // What is installed, onto what: a plan holds as long as these do.
  const fingerprint = fingerprintOf({ state, bundle: bundle.manifestText })
  return { bundle, machineId, steps, fingerprint, currentVersion }
}

async function enrolmentFor(
  host: {
    readonly options: HostInstallOptions
    readonly state: InstalledState
    readonly machineId: string
  },
  { registry, signal }: HostInstallContext,
): Promise<Enrolment | undefined> {
  const { options, state, machineId } = host
  if (!needsEnrolment(state) || options.upgrade !== undefined) return undefined
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
