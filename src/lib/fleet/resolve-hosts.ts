import { ApoctlError } from '../errors/apoctl-error.ts'
import { thisMachine, type FleetHost } from './fleet-host.ts'
import { foldNames } from '../progress/fold-names.ts'
import { hostsOf, type InventoryHost } from './inventory/inventory.ts'
import { readInventories, type InventoryWorld, type ReadInventories } from './inventory/read-inventories.ts'
import { toFleetHost } from './inventory/to-fleet-host.ts'
import { unheededVariables } from './inventory/variable.ts'
import { limitHosts } from './limit/limit-hosts.ts'
import { parseTarget } from './parse-target.ts'

/** Which hosts to work on, as a person says it. */
export interface HostSelection {
  /** `user@name:port`, each. */
  readonly targets: readonly string[]
  /** Files, folders, programs, or `-` for standard input. */
  readonly inventories: readonly string[]
  /** Patterns that names must match. */
  readonly limit?: string | undefined
  /** A private key for the hosts that name none. */
  readonly identityFile?: string | undefined
}

/** A host, and where it was named. */
interface FoundHost {
  readonly host: FleetHost
  readonly place: string
}

/**
 * Finds the hosts to work on: targets, then the inventories. Nothing named is this machine. Only hosts that
 * --limit leaves are looked at closely: what others say that apoctl does not know stops nobody.
 */
export async function resolveHosts(selection: HostSelection, world: InventoryWorld): Promise<FleetHost[]> {
  const { inventories, identityFile } = selection
  const named = selection.targets.map((target): FoundHost => ({ host: parseTarget(target), place: '--host' }))
  if (named.length === 0 && inventories.length === 0) named.push({ host: thisMachine, place: '' })
  const read = await readInventories(inventories, world)
  const listed = hostsOf(read.inventory.all)
  refuseSameNames(named, listed)
  const targets = named.map(({ host }) => host)
  const left = await limitHosts({ targets, listed, read, limit: selection.limit }, world)
  const found = [
    ...named.filter(({ host }) => left.has(host.name)),
    ...(await madeHosts(
      listed.filter(({ name }) => left.has(name)),
      { ...read, world },
    )),
  ]
  refuseSameMachines(found)
  return found.map(({ host }) =>
    identityFile === undefined || host.type === 'local' ? host : { identityFile, ...host },
  )
}

function refuseSameNames(named: readonly FoundHost[], listed: readonly InventoryHost[]): void {
  const places = new Map(listed.map(({ name, place }) => [name, `${place.file}:${place.line}`]))
  for (const { host, place } of named) {
    const first = places.get(host.name)
    if (first !== undefined) throw namedTwice(host.name, [place, first])
    places.set(host.name, place)
  }
}

/** Two names for one machine would have two actions at work on it at once. */
function refuseSameMachines(found: readonly FoundHost[]): void {
  const seen = new Map<string, FoundHost>()
  for (const one of found) {
    const key = machineOf(one.host)
    const first = seen.get(key)
    if (first !== undefined && first.host.name === one.host.name)
      throw namedTwice(one.host.name, [first.place, one.place])
    if (first !== undefined)
      throw new ApoctlError(
        [
          'APO-INPUT-FILE',
          `${one.place}: ${one.host.name} is the same host as ${first.host.name} (${first.place})`,
        ],
        { hints: [`Name every host once, or leave one out: --limit '!${one.host.name}'`] },
      )
    seen.set(key, one)
  }
}

function machineOf(host: FleetHost): string {
  return host.type === 'local' ? 'this machine' : `${host.address.toLowerCase()} port ${host.port ?? 22}`
}

function namedTwice(name: string, [first, second]: readonly [string, string]): ApoctlError {
  return new ApoctlError(['APO-INPUT-VALUE', `${name} is named twice: by ${first} and by ${second}`], {
    hints: ['Name every host once.'],
  })
}

/** Makes hosts to work on, and says once what of Ansible's was not heeded on the way. */
async function madeHosts(
  listed: readonly InventoryHost[],
  from: Pick<ReadInventories, 'variablesOf'> & { readonly world: InventoryWorld },
): Promise<FoundHost[]> {
  const unheeded = new Map(unheededVariables.map((name) => [name, [] as string[]]))
  const made: FoundHost[] = []
  for (const host of listed) {
    const inForce = await from.variablesOf(host)
    for (const [name, names] of unheeded) if (inForce.has(name)) names.push(host.name)
    const place = `${host.place.file}:${host.place.line}`
    made.push({ host: toFleetHost(host, inForce), place })
  }
  for (const [name, names] of unheeded)
    if (names.length > 0) from.world.warn(`${name} of ${foldNames(names)} is not used: ${insteadOf(name)}`)
  return made
}

function insteadOf(name: string): string {
  if (name.includes('become')) return 'set APOCTL_SUDO_PASSWORD, or give --ask-sudo-password'
  return name.includes('pass')
    ? 'set APOCTL_SSH_PASSWORD, or give --ask-password'
    : 'say it in ~/.ssh/config, which apoctl reads'
}
