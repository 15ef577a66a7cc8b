import { readFileSync } from 'node:fs'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { FleetHost } from '../fleet-host.ts'
import { foldNames } from '../../progress/fold-names.ts'
import { hostsOf, type InventoryHost } from '../inventory/inventory.ts'
import type { InventoryWorld, ReadInventories } from '../inventory/read-inventories.ts'
import { writtenAddress } from '../inventory/to-fleet-host.ts'
import { limitNames } from './limit-names.ts'

/** All hosts there are, and what they are to be limited to. */
export interface LimitRequest {
  /** Named on the command line; in no group but `ungrouped`. */
  readonly targets: readonly FleetHost[]
  readonly listed: readonly InventoryHost[]
  readonly read: ReadInventories
  readonly limit: string | undefined
}

/** The names that --limit leaves. Throws APO-INPUT-VALUE when it leaves none. */
export async function limitHosts(
  request: LimitRequest,
  world: Pick<InventoryWorld, 'warn'>,
): Promise<ReadonlySet<string>> {
  const { listed, read, limit } = request
  const targets = request.targets.map(({ name }) => name)
  const hosts = [...targets, ...listed.map(({ name }) => name)]
  if (limit === undefined) return new Set(hosts)
  const addresses = await addressesOf(request)
  const { groups, all, ungrouped } = read.inventory
  const members = [...groups.values()].map((group) => {
    const names = (): string[] => hostsOf(group).map(({ name }) => name)
    return [
      group.name,
      group === all || group === ungrouped ? () => [...targets, ...names()] : names,
    ] as const
  })
  // Where none are left, the error says it all.
  const warnings: string[] = []
  const left = limitNames(limit, {
    hosts,
    asNamed: [...targets, ...read.inventory.hosts.keys()],
    groups: new Map(members),
    addressOf: (name) => addresses.get(name) ?? name,
    linesOf,
    warn: (text) => void warnings.push(text),
  })
  if (left.length > 0) {
    for (const text of warnings) world.warn(text)
    return new Set(left)
  }
  throw new ApoctlError(['APO-INPUT-VALUE', `--limit "${limit}" leaves none of ${hosts.length} host(s)`], {
    hints: [`The hosts are: ${foldNames(hosts.slice(0, 1000))}${hosts.length > 1000 ? ', …' : ''}`],
  })
}

async function addressesOf({ targets, listed, read }: LimitRequest): Promise<ReadonlyMap<string, string>> {
  const addresses = new Map<string, string>()
  for (const host of targets) if (host.type === 'ssh') addresses.set(host.name, host.address)
  for (const host of listed) addresses.set(host.name, writtenAddress(host, await read.variablesOf(host)))
  return addresses
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
    throw new ApoctlError(['APO-INPUT-FILE', `--limit: ${file} cannot be read (${code})`], { cause })
  }
}
