import { deriveMachineId } from '../../../contract/machine-id.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { usesPackage } from '../packages/arrange-package.ts'
import { planFromRepository } from '../packages/plan-from-repository.ts'
import { fingerprintOf } from '../plan/fingerprint.ts'
import type { Step } from '../plan/step.ts'
import { arrangeEnrolment } from './arrange-enrolment.ts'
import { arrangeDelivery } from './arrange-delivery.ts'
import type { HostInstallContext, HostInstallOptions } from './host-install.ts'
import { inspectHost, type InstalledState } from './inspect-host.ts'
import { refuseOtherConsole } from './other-console.ts'
import { planInstall, type WantedIdentity } from './plan-install.ts'

/** What is to be done on a host, and what that was worked out from. */
export interface HostWork {
  /** The version that is current there when all is done. */
  readonly version: string
  readonly machineId: string
  readonly steps: readonly Step[]
  readonly fingerprint: string
  /** The version that is current there now. */
  readonly currentVersion: string | undefined
}

/** Looks at a host and works out what is to do there. Rejects with APO-INSTALL-OTHER-CONSOLE, APO-BUNDLE-* or APO-REPO-*. */
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
  const host = { options, state, machineId: deriveMachineId(state.machineId) }
  const planned = usesPackage(host, context.transport.target)
    ? await planFromRepository({ ...host, identity: () => identityFor(host, context) }, context)
    : await planFromBundle(host, context)
  return { ...planned, machineId: host.machineId, currentVersion }
}

interface FoundHost {
  readonly options: HostInstallOptions
  readonly state: InstalledState
  readonly machineId: string
}

type Planned = Pick<HostWork, 'version' | 'steps' | 'fingerprint'>

async function planFromBundle(host: FoundHost, context: HostInstallContext): Promise<Planned> {
  const { state, options } = host
  const bundle = await options.bundleFor(state.machine)
  const identity = await identityFor(host, context)
  const delivery = await arrangeDelivery({ state, bundle, options }, context)
  const steps = planInstall(state, { ...delivery, ...identity, bundle })
  // What is installed, onto what: a plan holds as long as these do.
  const fingerprint = fingerprintOf({ state, bundle: bundle.manifestText })
  return { version: bundle.manifest.version, steps, fingerprint }
}

/** An upgrade leaves alone what the enforcer is told, and by whom. */
async function identityFor(host: FoundHost, context: HostInstallContext): Promise<WantedIdentity> {
  const { configuration, authorityPem, upgrade } = host.options
  if (upgrade !== undefined) return { configuration: undefined, authorityPem, enrolment: undefined }
  return { configuration, authorityPem, enrolment: await arrangeEnrolment(host, context) }
}
