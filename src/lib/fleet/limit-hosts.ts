import { ApoctlError } from '../errors/apoctl-error.ts'
import { listCovers } from '../transports/ssh/patterns.ts'
import type { FleetHost } from './fleet-host.ts'

/**
 * Keeps the hosts that the patterns of --limit name: `web*`, `!web3`, several separated by commas. With
 * nothing but exclusions, all the others are kept.
 */
export function limitHosts<Host extends FleetHost>(
  hosts: readonly Host[],
  limit: string | undefined,
): Host[] {
  if (limit === undefined) return [...hosts]
  const patterns = limit.split(/[,\s]+/).filter((pattern) => pattern !== '')
  const complete = patterns.every((pattern) => pattern.startsWith('!')) ? ['*', ...patterns] : patterns
  const kept = hosts.filter(
    (host) => namesOf(host).some((name) => listCovers(complete, name)) && !excluded(host, complete),
  )
  if (kept.length > 0) return kept
  throw new ApoctlError(['APO-INPUT-VALUE', `--limit "${limit}" leaves none of ${hosts.length} host(s)`], {
    hints: [
      `The hosts are: ${hosts
        .slice(0, 10)
        .map(({ name }) => name)
        .join(', ')}${hosts.length > 10 ? ', …' : ''}`,
    ],
  })
}

function namesOf(host: FleetHost): string[] {
  return host.type === 'ssh' ? [host.name, host.address] : [host.name]
}

/** A host is excluded by any of its names. */
function excluded(host: FleetHost, patterns: readonly string[]): boolean {
  const negated = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
  return namesOf(host).some((name) => listCovers(negated, name))
}
