import type { ConsoleClient } from '../../api/console-client.ts'
import type { Clock } from '../../async/clock.ts'
import type { FleetHost } from '../../fleet/fleet-host.ts'
import { runOnFleet, type FleetContext, type FleetWork, type HostContext } from '../../fleet/run-on-fleet.ts'
import { preflightHost, type PreflightCriteria } from '../../preflight/preflight-host.ts'
import { openEnforcerRegistry } from './enforcer-registry.ts'
import { installOnHost } from './install-host.ts'
import type { HostInstallOptions } from './host-install.ts'
import { toInstallReport, type HostInstallValue, type InstallReport } from './install-report.ts'

export interface LinuxInstallOptions extends HostInstallOptions {
  readonly hosts: readonly FleetHost[]
  readonly limits: Pick<FleetWork<unknown>, 'concurrency' | 'hostTimeoutMs'>
  /** What hosts must be able to carry; a host that fails is left alone. */
  readonly preflight: PreflightCriteria
}

export interface LinuxInstallContext extends FleetContext {
  readonly console: ConsoleClient
  readonly clock: Clock
}

/** A host may still be brought back after the run was told to stop; see `applyPlan`. */
const rollbackGraceMs = 3 * 60_000

/** Checks, plans, installs and verifies on every host; a host's trouble is its own. */
export async function installLinux(
  options: LinuxInstallOptions,
  context: LinuxInstallContext,
): Promise<InstallReport> {
  const { hosts, limits, configuration, dryRun } = options
  const action = (host: FleetHost, way: HostContext): Promise<HostInstallValue> =>
    installOnOne({ host, options }, { ...context, ...way })
  const step = dryRun ? 'plan' : 'install'
  const work = { hosts, ...limits, step, action, ending, graceMs: rollbackGraceMs }
  const { api, namespace } = configuration
  return toInstallReport({ console: api, namespace, dryRun }, await runOnFleet(work, context))
}

function ending({ change }: HostInstallValue): 'done' | 'unchanged' | 'failed' {
  if (change === 'refused') return 'failed'
  return change === 'unchanged' ? 'unchanged' : 'done'
}

async function installOnOne(
  what: { readonly host: FleetHost; readonly options: LinuxInstallOptions },
  context: LinuxInstallContext & HostContext,
): Promise<HostInstallValue> {
  const { host, options } = what
  const { preflight } = await preflightHost({ ...options.preflight, host: host.name }, context)
  if (preflight.verdict === 'fail') return { change: 'refused', preflight }
  const namespace = host.namespace ?? options.configuration.namespace
  const tags = [...options.configuration.tags, ...host.tags]
  return installOnHost(
    { ...options, configuration: { ...options.configuration, namespace, tags } },
    {
      ...context,
      registry: openEnforcerRegistry({ console: context.console, namespace }, context),
      // What stopped the run must not stop the way back.
      reconnect: () => context.openHost({ host, signal: AbortSignal.timeout(rollbackGraceMs) }),
    },
  )
}
