import type { Clock } from '../../async/clock.ts'
import type { FleetHost } from '../../fleet/fleet-host.ts'
import { runOnFleet, type FleetContext, type FleetWork, type HostContext } from '../../fleet/run-on-fleet.ts'
import { diverseHosts } from '../../preflight/diverse-hosts.ts'
import { preflightHost, type PreflightCriteria } from '../../preflight/preflight-host.ts'

export interface FindCanariesOptions extends Pick<FleetWork<unknown>, 'concurrency' | 'hostTimeoutMs'> {
  readonly hosts: readonly FleetHost[]
  readonly preflight: PreflightCriteria
}

/**
 * One host of every kind of kernel, distribution and cloud, to go ahead of the others. The facts of all hosts
 * are collected for it; who cannot be asked, or fails a check, is no canary, and has its turn later.
 */
export async function findCanaries(
  options: FindCanariesOptions,
  context: FleetContext & { readonly clock: Clock },
): Promise<FleetHost[]> {
  const { hosts, concurrency, hostTimeoutMs, preflight } = options
  const action = (host: FleetHost, way: HostContext) =>
    preflightHost({ ...preflight, host: host.name }, { ...context, ...way })
  const work = { hosts, concurrency, hostTimeoutMs, step: 'collect facts', action }
  const { hosts: asked } = await runOnFleet(work, context)
  const canaries = diverseHosts(asked.flatMap((one) => (one.outcome === 'ok' ? [one.value] : [])))
  for (const { host, kernel, distribution, cloud } of canaries)
    context.reporter.report({
      type: 'note',
      subject: host,
      text: `goes ahead as a canary: kernel ${kernel}, ${distribution}, ${cloud}`,
    })
  const names = new Set(canaries.map(({ host }) => host))
  return hosts.filter(({ name }) => names.has(name))
}
