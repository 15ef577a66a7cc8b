import type { ConsoleClient } from '../../api/console-client.ts'
import type { Clock } from '../../async/clock.ts'
import type { FleetHost } from '../../fleet/fleet-host.ts'
import { runInWaves, type WaveChoice } from '../../fleet/waves/run-in-waves.ts'
import type { FleetContext, FleetWork, HostContext } from '../../fleet/run-on-fleet.ts'
import type { PreflightCriteria } from '../../preflight/preflight-host.ts'
import { findCanaries } from './find-canaries.ts'
import { checkHealth } from './check-health.ts'
import { openEnforcerRegistry } from './enforcer-registry.ts'
import type { HostInstallContext, HostInstallOptions } from './host-install.ts'
import { preflightAndInstall, rollbackGraceMs } from './preflight-and-install.ts'
import { toInstallReport, type HostInstallValue, type InstallReport } from './install-report.ts'

export interface LinuxInstallOptions extends HostInstallOptions {
  readonly hosts: readonly FleetHost[]
  readonly limits: Pick<FleetWork<unknown>, 'concurrency' | 'hostTimeoutMs'>
  /** What hosts must be able to carry; a host that fails is left alone. */
  readonly preflight: PreflightCriteria
  /** Undefined for all hosts at once. */
  readonly waves?: WaveChoice | undefined
}

export interface LinuxInstallContext extends FleetContext, Pick<HostInstallContext, 'claim'> {
  readonly console: ConsoleClient
  readonly clock: Clock
}

/** Checks, plans, installs and verifies on every host, wave by wave; a host's trouble is its own. */
export async function installLinux(
  options: LinuxInstallOptions,
  context: LinuxInstallContext,
): Promise<InstallReport> {
  const { hosts, limits, configuration, dryRun } = options
  const action = (host: FleetHost, way: HostContext): Promise<HostInstallValue> =>
    preflightAndInstall({ host, options }, { ...context, ...way })
  const verb = options.upgrade === undefined ? 'install' : 'upgrade'
  const step = dryRun ? 'plan' : verb
  const { waves } = options
  const canaries = waves?.canary === undefined ? [] : await findCanaries({ ...options, ...limits }, context)
  const gate = waves === undefined || dryRun ? undefined : gateOf(options, context)
  const how = { waves, canaries, gate, changesNothing: dryRun }
  const work = { hosts, ...limits, step, action, ending, reason, graceMs: rollbackGraceMs, ...how }
  const { api, namespace } = configuration
  const about = { verb, console: api, namespace, dryRun } as const
  return toInstallReport(about, await runInWaves(work, context))
}

/** Before the next wave begins, each host of the last one must still be well. */
function gateOf(options: LinuxInstallOptions, context: LinuxInstallContext) {
  const { api, namespace } = options.configuration
  return (host: FleetHost, way: HostContext): Promise<void> => {
    const place = { console: context.console, namespace: host.namespace ?? namespace }
    const registry = openEnforcerRegistry(place, context)
    return checkHealth({ api, timeoutMs: options.connectTimeoutMs }, { ...context, ...way, registry })
  }
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
