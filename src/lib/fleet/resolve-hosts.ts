import { ApoctlError } from '../errors/apoctl-error.ts'
import { thisMachine, type FleetHost, type RemoteHost } from './fleet-host.ts'
import {
  addressKey,
  readInventory,
  type InventoryHost,
  type InventoryWorld,
} from './inventory/read-inventory.ts'
import { limitHosts } from './limit-hosts.ts'
import { parseTarget } from './parse-target.ts'

/** Which hosts to work on, as a person says it. */
export interface HostSelection {
  /** `user@name:port`, each. */
  readonly targets: readonly string[]
  /** A file, or `-` for standard input. */
  readonly inventory?: string | undefined
  /** Patterns that names must match. */
  readonly limit?: string | undefined
  /** A private key for the hosts that name none. */
  readonly identityFile?: string | undefined
}

/** Finds the hosts to work on: targets, then the inventory. Nothing named is this machine. */
export async function resolveHosts(selection: HostSelection, world: InventoryWorld): Promise<FleetHost[]> {
  const { targets, inventory, limit, identityFile } = selection
  if (targets.length === 0 && inventory === undefined) return limitHosts([thisMachine], limit)
  const named = targets.map((target) => ({ host: parseTarget(target), place: '--host' }))
  const listed = inventory === undefined ? [] : await readInventory(inventory, world)
  const hosts = withoutDuplicates([...named, ...listed])
  return limitHosts(
    hosts.map((host) => (identityFile === undefined ? host : { identityFile, ...host })),
    limit,
  )
}

function withoutDuplicates(found: readonly InventoryHost[]): RemoteHost[] {
  const seen = new Map<string, string>()
  for (const { host, place } of found) {
    const first = seen.get(addressKey(host))
    if (first !== undefined)
      throw new ApoctlError(['APO-INPUT-VALUE', `${host.name} is named twice: by ${first} and by ${place}`], {
        hints: ['Name every host once.'],
      })
    seen.set(addressKey(host), place)
  }
  return found.map(({ host }) => host)
}
