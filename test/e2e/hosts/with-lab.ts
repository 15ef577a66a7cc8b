import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApoctlError } from '../../../src/lib/errors/apoctl-error.ts'
import type { LabContext } from '../../../src/lib/lab/lab-context.ts'
import { labDown } from '../../../src/lib/lab/lab-down.ts'
import type { LabUpReport } from '../../../src/lib/lab/lab-report.ts'
import { labUp } from '../../../src/lib/lab/lab-up.ts'
import { createThisMachine } from '../../../src/lib/lab/machine/this-machine.ts'
import { createHost, type E2eHost } from './host.ts'

export interface WithLabOptions {
  readonly hosts: number
  /** Gives every host a disk of its own of this size, so that it can be filled. */
  readonly diskMiB?: number
  readonly suite?: string
}

/** A lab that is up, for the time of one test. */
export interface E2eLab {
  readonly hosts: readonly E2eHost[]
  /** The machine's address as the hosts see it: let a Console listen here. Hosts know it as `console.lab`. */
  readonly gateway: string
  readonly inventory: string
  readonly sshConfig: string
  readonly knownHosts: string
  /** Private key that root, `admin` (sudo without password) and `addUser` accounts accept. */
  readonly identity: string
  readonly report: LabUpReport
  /** Boots hosts that lost power. */
  reboot(): Promise<void>
}

/** Images stay here between runs; building one takes half a minute. */
export const e2eDataDirectory = join(tmpdir(), 'apoctl-e2e-lab')

let made = 0

/** Runs `action` with throw-away hosts of its own, on a network of its own, and removes them whatever happens. */
export async function withLab<Result>(
  options: WithLabOptions,
  action: (lab: E2eLab) => Promise<Result>,
): Promise<Result> {
  made += 1
  const name = `e2e-${process.pid}-${made}`
  try {
    return await action(await bringUp(name, options))
  } finally {
    await labDown({ name, dataDirectory: e2eDataDirectory }, labContext())
  }
}

async function bringUp(name: string, options: WithLabOptions): Promise<E2eLab> {
  const report = await upOnFreeNetwork(name, options)
  return {
    hosts: report.hosts.map((host) => createHost({ report: host, lab: report })),
    gateway: report.gateway!,
    inventory: report.inventory,
    sshConfig: report.sshConfig,
    knownHosts: report.knownHosts,
    identity: report.identity,
    report,
    reboot: async () => {
      await labUp({ name, dataDirectory: e2eDataDirectory, hosts: options.hosts }, labContext())
    },
  }
}

/** Test files run side by side: takes the first network that nobody else has. */
async function upOnFreeNetwork(name: string, options: WithLabOptions): Promise<LabUpReport> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const subnet = `10.${201 + (attempt % 4)}.${(process.pid + made * 7 + attempt * 31) % 256}.0/24`
    try {
      return await labUp({ name, dataDirectory: e2eDataDirectory, subnet, ...options }, labContext())
    } catch (error) {
      if (!(error instanceof ApoctlError) || error.code !== 'APO-LAB-NETWORK') throw error
    }
  }
  throw new Error('no free network in 10.201.0.0 to 10.204.255.255')
}

export function labContext(): LabContext {
  return {
    // Longer than an image takes to build.
    signal: AbortSignal.timeout(10 * 60_000),
    reporter: { report: () => undefined },
    machine: createThisMachine(),
  }
}
