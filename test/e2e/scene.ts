/** What most suites need: lab hosts, a Console that they reach, and a namespace for their enforcers. */
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { scratchFolder } from '../helpers/run-apoctl.ts'
import { startConsoleProcess, type ConsoleProcess } from './console-process.ts'
import type { E2eHost } from './hosts/host.ts'
import { diffSnapshots, type HostSnapshot } from './hosts/snapshot.ts'
import { withLab, type E2eLab, type WithLabOptions } from './hosts/with-lab.ts'
import { apoctl, start, type EndedRun, type RunOptions, type StartedRun } from './program.ts'

export interface Scene {
  readonly lab: E2eLab
  readonly console: ConsoleProcess
  readonly namespace: string
  /** For files of the test; removed in the end. */
  readonly folder: string
  host(name: string): E2eHost
  /** Flags that say which Console, as administrator, and which namespace. */
  readonly there: readonly string[]
  /** Flags that say which of the lab's hosts. */
  onHosts(...names: readonly string[]): string[]
  install(what: FleetRun, ...more: readonly string[]): Promise<EndedRun>
  startInstall(what: FleetRun, ...more: readonly string[]): StartedRun
  uninstall(what: FleetRun, ...more: readonly string[]): Promise<EndedRun>
  status(...more: readonly string[]): Promise<EndedRun>
  /** What the Console has of enforcers, by kind of object. */
  known(): Promise<KnownObjects>
  close(): Promise<void>
}

export interface FleetRun {
  readonly hosts: readonly string[]
  readonly options?: RunOptions
}

export interface KnownObjects {
  readonly enforcers: readonly KnownEnforcer[]
  readonly units: readonly { readonly ID: string; readonly name: string; readonly enforcerID: string }[]
  readonly credentials: readonly { readonly ID: string; readonly name: string }[]
}

export interface KnownEnforcer {
  readonly ID: string
  readonly name: string
  readonly machineID: string
  readonly operationalStatus: string
  readonly currentVersion: string
  readonly associatedTags: readonly string[]
  readonly normalizedTags: readonly string[]
  readonly lastSyncTime: string
}

/** Brings a lab and a Console up. Call `close` in afterAll. */
export async function openScene(options: WithLabOptions): Promise<Scene> {
  const { lab, down } = await openLab(options)
  const folder = join(scratchFolder(), `scene-${randomUUID().slice(0, 8)}`)
  try {
    const console = await startConsoleProcess({ host: lab.gateway, port: 4443, folder })
    const namespace = '/e2e'
    const made = await console.call({
      method: 'POST',
      path: '/namespaces',
      namespace: '/',
      body: { name: 'e2e' },
    })
    if (made.status !== 200 && made.status !== 201) throw new Error(made.bytes.toString('utf8'))
    return sceneOf({ lab, console, namespace, folder, down })
  } catch (error) {
    await down()
    throw error
  }
}

function sceneOf(
  parts: Pick<Scene, 'lab' | 'console' | 'namespace' | 'folder'> & { readonly down: () => Promise<void> },
): Scene {
  const { lab, console, namespace, down } = parts
  const there = ['--creds', console.credential, '--namespace', namespace]
  const onHosts = (...names: readonly string[]) => ['--inventory', lab.inventory, '--limit', names.join(',')]
  const words = (verb: string, { hosts }: FleetRun, more: readonly string[]) =>
    ['enforcer', verb, 'linux', ...there, ...onHosts(...hosts), '--confirm', ...more] as const
  return {
    ...parts,
    there,
    onHosts,
    host: (name) => {
      const found = lab.hosts.find((host) => host.name === name)
      if (found === undefined) throw new Error(`the lab has no ${name}`)
      return found
    },
    install: (what, ...more) => apoctl(words('install', what, more), what.options),
    startInstall: (what, ...more) => start(words('install', what, more), what.options),
    uninstall: (what, ...more) => apoctl(words('uninstall', what, more), what.options),
    status: (...more) => apoctl(['enforcer', 'status', ...there, ...more]),
    known: async () => ({
      enforcers: await console.list('enforcers', namespace),
      units: await console.list('processingunits', namespace),
      credentials: await console.list('appcredentials', namespace),
    }),
    close: async () => {
      await console.stop()
      await down()
      rmSync(parts.folder, { recursive: true, force: true })
    },
  }
}

/** Turns the lab of one callback into one of a whole test file. */
async function openLab(options: WithLabOptions): Promise<{ lab: E2eLab; down: () => Promise<void> }> {
  let finish: () => void = () => undefined
  const over = new Promise<void>((resolve) => (finish = resolve))
  let whole: Promise<void> = Promise.resolve()
  const lab = await new Promise<E2eLab>((resolve, reject) => {
    whole = withLab(options, async (ready) => {
      resolve(ready)
      await over
    })
    whole.catch(reject)
  })
  return {
    lab,
    down: async () => {
      finish()
      await whole
    },
  }
}

/** What each of the hosts is made of now, by name. */
export async function snapshots(hosts: readonly E2eHost[]): Promise<ReadonlyMap<string, HostSnapshot>> {
  return new Map(await Promise.all(hosts.map(async (host) => [host.name, await host.snapshot()] as const)))
}

/** What changed on which host, one line each. */
export function changes(
  before: ReadonlyMap<string, HostSnapshot>,
  after: ReadonlyMap<string, HostSnapshot>,
): string[] {
  return [...before].flatMap(([name, was]) => {
    const is = after.get(name)
    if (is === undefined) throw new Error(`no second snapshot of ${name}`)
    return diffSnapshots(was, is).map((line) => `${name} ${line}`)
  })
}
