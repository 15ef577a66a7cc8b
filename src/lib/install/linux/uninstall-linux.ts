import type { ConsoleClient } from '../../api/console-client.ts'
import type { Clock } from '../../async/clock.ts'
import type { ExitCode } from '../../errors/exit-code.ts'
import type { FleetHost } from '../../fleet/fleet-host.ts'
import { exitCodeOfFleet, type FleetReport } from '../../fleet/fleet-report.ts'
import type { RunReference } from '../../fleet/journal/run-record.ts'
import type { FleetContext, FleetWork } from '../../fleet/run-on-fleet.ts'
import { runInWaves, type WaveChoice } from '../../fleet/waves/run-in-waves.ts'
import type { ExpectedFacts } from '../plan/fingerprint.ts'
import type { LockClaim } from '../plan/host-lock.ts'
import { openEnforcerRegistry } from './enforcer-registry.ts'
import { uninstallFromHost, type HostUninstall } from './uninstall-host.ts'

export interface LinuxUninstallOptions {
  readonly hosts: readonly FleetHost[]
  readonly limits: Pick<FleetWork<unknown>, 'concurrency' | 'hostTimeoutMs'>
  readonly dryRun: boolean
  /** Leave the source of packages and its key where they are. */
  readonly keepSource: boolean
  /** Of a plan that was made earlier; undefined where there is none. */
  readonly expected?: ExpectedFacts | undefined
  /** Undefined for all hosts at once. */
  readonly waves?: WaveChoice | undefined
}

export interface LinuxUninstallContext extends FleetContext {
  /** The Console that shall forget the enforcers, and where it keeps them; undefined to leave it alone. */
  readonly console: ConsoleClient | undefined
  readonly clock: Clock
  /** For whom hosts are locked while they are changed. */
  readonly claim: LockClaim
}

/** The answer of `enforcer uninstall linux`. */
export interface UninstallReport extends FleetReport<HostUninstall> {
  readonly dryRun: boolean
  /** What the command exits with. */
  readonly exitCode: ExitCode
  /** Its journal; absent for a dry run. */
  readonly run?: RunReference
}

/** Removes the enforcer from every host, proves that nothing is left, and has the Console forget it. */
export async function uninstallLinux(
  options: LinuxUninstallOptions,
  context: LinuxUninstallContext,
): Promise<UninstallReport> {
  const { hosts, limits, dryRun, expected, keepSource } = options
  const report = await runInWaves(
    {
      hosts,
      ...limits,
      waves: options.waves,
      changesNothing: dryRun,
      step: dryRun ? 'plan' : 'uninstall',
      ending: ({ change }: HostUninstall) => (change === 'unchanged' ? change : 'done'),
      action: (host, way) => {
        const { console } = context
        const namespace = host.namespace ?? console?.namespace ?? ''
        const registry =
          console === undefined ? undefined : openEnforcerRegistry({ console, namespace }, context)
        return uninstallFromHost({ dryRun, keepSource, expected }, { ...way, registry, claim: context.claim })
      },
    },
    context,
  )
  return { ...report, dryRun, exitCode: exitCodeOfFleet(report) }
}
