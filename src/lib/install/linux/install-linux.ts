import type { ConsoleClient } from '../../api/console-client.ts'
import type { Clock } from '../../async/clock.ts'
import type { FleetHost } from '../../fleet/fleet-host.ts'
import { runInWaves, type WaveChoice } from '../../fleet/waves/run-in-waves.ts'
import type { FleetContext, FleetWork, HostContext } from '../../fleet/run-on-fleet.ts'
import { withRelays, type FindRelay, type WayToRelays } from '../relay/with-relays.ts'
import type { PreflightCriteria } from '../../preflight/preflight-host.ts'
import { findCanaries } from './find-canaries.ts'
import { preflightAndInstall, rollbackGraceMs } from './preflight-and-install.ts'
import { waveGate } from './wave-gate.ts'
import type { HostInstallContext, HostInstallOptions } from './host-install.ts'
import { toInstallReport, type HostInstallValue, type InstallReport } from './install-report.ts'

export interface LinuxInstallOptions extends HostInstallOptions {
  readonly hosts: readonly FleetHost[]
  readonly limits: Pick<FleetWork<unknown>, 'concurrency' | 'hostTimeoutMs'>
  /** What hosts must be able to carry; a host that fails is left alone. */
  readonly preflight: PreflightCriteria
  /** Undefined for all hosts at once. */
  readonly waves?: WaveChoice | undefined
}

export interface LinuxInstallContext extends FleetContext, WayToRelays, Pick<HostInstallContext, 'claim'> {
  readonly console: ConsoleClient
  readonly clock: Clock
}

/** Checks, plans, installs and verifies on every host, wave by wave; a host's trouble is its own. */
export async function installLinux(
  options: LinuxInstallOptions,
  context: LinuxInstallContext,
): Promise<InstallReport> {
  const { delivery, bundleFor } = options
  if (delivery.type !== 'relay') return installWith({ options }, context)
  return withRelays(
    { ...delivery, bundleFor },
    { context, action: (findRelay) => installWith({ options, findRelay }, context) },
  )
}

interface Install {
  readonly options: LinuxInstallOptions
  readonly findRelay?: FindRelay
}

async function installWith(install: Install, context: LinuxInstallContext): Promise<InstallReport> {
  const { options } = install
  const { hosts, limits, configuration, dryRun } = options
  const action = (host: FleetHost, way: HostContext): Promise<HostInstallValue> =>
    preflightAndInstall({ ...install, host }, { ...context, ...way })
  const verb = options.upgrade === undefined ? 'install' : 'upgrade'
  const step = dryRun ? 'plan' : verb
  const { waves } = options
  const canaries = waves?.canary === undefined ? [] : await findCanaries({ ...options, ...limits }, context)
  const gate = waves === undefined || dryRun ? undefined : waveGate(options, context)
  const how = { waves, canaries, gate, changesNothing: dryRun }
  const work = { hosts, ...limits, step, action, ending, reason, graceMs: rollbackGraceMs, ...how }
  const { api, namespace } = configuration
  const about = { verb, console: api, namespace, dryRun } as const
  return toInstallReport(about, await runInWaves(work, context))
}

function ending({ change }: HostInstallValue): 'done' | 'unchanged' | 'failed' {
  if (change === 'refused') return 'failed'
  return change === 'unchanged' ? 'unchanged' : 'done'
}

function reason(value: HostInstallValue): string | undefined {
  if (value.change !== 'refused') return undefined
  return value.preflight.checks
    .filter(({ effect }) => effect === 'blocks')
    .map(({ id }) => id)
    .join(', ')
}
