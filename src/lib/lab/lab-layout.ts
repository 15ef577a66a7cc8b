import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { addressAt, sizeOf, type Subnet } from './subnet.ts'

/** Where a lab keeps its things, and what its parts are called on the machine. */
export interface LabLayout {
  readonly name: string
  /**
   * Five hexadecimal digits that follow from the directory. Everything of the lab outside its
   * directory carries them, so `down` finds it even when the directory's records are gone.
   */
  readonly id: string
  readonly bridge: string
  readonly directory: string
  readonly stateFile: string
  readonly identity: string
  readonly knownHosts: string
  readonly sshConfig: string
  readonly inventory: string
  readonly imagesDirectory: string
}

export interface HostLayout {
  readonly name: string
  readonly address: string
  /** Name of the container, its control group and the bridge's port; at most 15 characters. */
  readonly machine: string
  readonly directory: string
  /** What differs between hosts: names, keys. A read-only layer between image and changes. */
  readonly seed: string
  readonly launchScript: string
  readonly log: string
}

/** Most hosts of one lab: a port's name must fit the 15 characters of an interface. */
export const mostHosts = 200

/** Throws APO-INPUT-VALUE when the name cannot be a directory of its own. */
export function labLayout(where: { readonly dataDirectory: string; readonly name: string }): LabLayout {
  const { name } = where
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) {
    throw new ApoctlError(['APO-INPUT-VALUE', `"${name}" cannot be the name of a lab`], {
      hints: ['Use up to 32 lower-case letters, digits and dashes.'],
    })
  }
  const dataDirectory = resolve(where.dataDirectory)
  const directory = join(dataDirectory, name)
  const id = createHash('sha256').update(directory).digest('hex').slice(0, 5)
  return {
    name,
    id,
    bridge: `apolab${id}`,
    directory,
    stateFile: join(directory, 'lab.json'),
    identity: join(directory, 'id_ed25519'),
    knownHosts: join(directory, 'known_hosts'),
    sshConfig: join(directory, 'ssh_config'),
    inventory: join(directory, 'inventory.yaml'),
    imagesDirectory: join(dataDirectory, '.images'),
  }
}

/** The machine's own address on the lab's bridge. */
export function gatewayOf(subnet: Subnet): string {
  return addressAt(subnet, 1)
}

/** How many hosts have room in a network: all but the network, the bridge and the broadcast address. */
export function roomFor(subnet: Subnet): number {
  return Math.min(mostHosts, Math.max(0, sizeOf(subnet.prefix) - 2 - firstOffset(subnet)))
}

/** The host `number` (from 1) of a lab. */
export function hostLayout(
  lab: LabLayout,
  which: { readonly number: number; readonly subnet: Subnet },
): HostLayout {
  const name = `host${which.number}`
  const directory = join(lab.directory, 'hosts', name)
  return {
    name,
    address: addressAt(which.subnet, firstOffset(which.subnet) + which.number),
    machine: machineName(lab, which.number),
    directory,
    seed: join(directory, 'seed'),
    launchScript: join(directory, 'launch.sh'),
    log: join(directory, 'console.log'),
  }
}

export function machineName(lab: LabLayout, number: number): string {
  return `apolab${lab.id}h${number}`
}

/** In a roomy network host 1 is .11, so that addresses read like the hosts' numbers. */
function firstOffset(subnet: Subnet): number {
  return subnet.prefix <= 25 ? 10 : 1
}
