import type { ConsoleClient } from '../../api/console-client.ts'
import type { Clock } from '../../async/clock.ts'
import type { FleetHost } from '../../fleet/fleet-host.ts'
import type { HostContext } from '../../fleet/run-on-fleet.ts'
import { checkHealth } from './check-health.ts'
import { openEnforcerRegistry } from './enforcer-registry.ts'
import type { HostInstallOptions } from './host-install.ts'

/** Before the next wave begins, each host of the last one must still be well. Rejects as `checkHealth` does. */
export function waveGate(
  options: Pick<HostInstallOptions, 'configuration' | 'connectTimeoutMs'>,
  context: { readonly console: ConsoleClient; readonly clock: Clock },
) {
  const { api, namespace } = options.configuration
  return (host: FleetHost, way: HostContext): Promise<void> => {
    const place = { console: context.console, namespace: host.namespace ?? namespace }
    const registry = openEnforcerRegistry(place, context)
    return checkHealth({ api, timeoutMs: options.connectTimeoutMs }, { ...context, ...way, registry })
  }
}
