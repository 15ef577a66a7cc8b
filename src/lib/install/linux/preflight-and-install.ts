import type { ConsoleClient } from '../../api/console-client.ts'
import type { FleetHost } from '../../fleet/fleet-host.ts'
import type { FleetContext, HostContext } from '../../fleet/run-on-fleet.ts'
import { preflightHost, type PreflightCriteria } from '../../preflight/preflight-host.ts'
import type { FindRelay } from '../relay/with-relays.ts'
import { blameClock } from './blame-clock.ts'
import { openEnforcerRegistry } from './enforcer-registry.ts'
import type { HostInstallContext, HostInstallOptions } from './host-install.ts'
import { installOnHost } from './install-host.ts'
import type { HostInstallValue } from './install-report.ts'

/** A host may still be brought back after the run was told to stop; see `applyPlan`. */
export const rollbackGraceMs = 3 * 60_000

/** Installs on one host, unless a check says that it cannot carry the enforcer. */
export async function preflightAndInstall(
  what: {
    readonly host: FleetHost
    readonly options: HostInstallOptions & { readonly preflight: PreflightCriteria }
    /** Absent where no relay was asked for. */
    readonly findRelay?: FindRelay
  },
  context: Omit<HostInstallContext, 'registry' | 'reconnect' | 'relay'> &
    Pick<FleetContext, 'openHost'> &
    HostContext & { readonly console: ConsoleClient },
): Promise<HostInstallValue> {
  const { host, options, findRelay } = what
  const { preflight, facts } = await preflightHost({ ...options.preflight, host: host.name }, context)
  if (preflight.verdict === 'fail') return { change: 'refused', preflight }
  const namespace = host.namespace ?? options.configuration.namespace
  const tags = [...options.configuration.tags, ...host.tags]
  const installing = installOnHost(
    { ...options, configuration: { ...options.configuration, namespace, tags } },
    {
      ...context,
      registry: openEnforcerRegistry({ console: context.console, namespace }, context),
      relay: findRelay && ((signal) => findRelay(host, signal)),
      // What stopped the run must not stop the way back.
      reconnect: () => context.openHost({ host, signal: AbortSignal.timeout(rollbackGraceMs) }),
    },
  )
  return installing.catch((error: unknown) => {
    throw blameClock(error, facts)
  })
}
