import { readdir, readFile, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** How this machine keeps processes together. */
export interface ControlGroups {
  /** Where hierarchies that only group processes are mounted: cgroup2, and systemd's own of version 1. */
  readonly mounts: readonly string[]
  /** Whether there is a cgroup2 mount. */
  readonly unified: boolean
  /** Whether systemd runs this machine; then only it may make groups, and it is asked to. */
  readonly systemd: boolean
}

/** Where systemd puts the units we ask for. */
export const labSlice = 'machine.slice'

export async function findControlGroups(): Promise<ControlGroups> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '))
  const unified = mounts.filter(([, , type]) => type === 'cgroup2')
  const named = mounts.filter(
    ([, , type, options]) => type === 'cgroup' && (options ?? '').split(',').includes('name=systemd'),
  )
  return {
    mounts: [...new Set([...unified, ...named].flatMap(([, path]) => (path === undefined ? [] : [path])))],
    unified: unified.length > 0,
    systemd: await isDirectory('/run/systemd/system'),
  }
}

/** The directories of a lab host's control group that exist. Their names carry the host's, so they are its alone. */
export async function groupsOf(machine: string, groups: ControlGroups): Promise<string[]> {
  const candidates = groups.mounts.flatMap((mount) => [
    join(mount, machine),
    join(mount, labSlice, `${machine}.service`),
  ])
  const present = await Promise.all(candidates.map(isDirectory))
  return candidates.filter((_, index) => present[index])
}

/** Names of the lab hosts that have a control group, by the prefix of their names. */
export async function labMachines(prefix: string, groups: ControlGroups): Promise<string[]> {
  const places = groups.mounts.flatMap((mount) => [mount, join(mount, labSlice)])
  const names = await Promise.all(places.map((place) => readdir(place).catch(() => [])))
  const machines = names
    .flat()
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.replace(/\.service$/, ''))
  return [...new Set(machines)].sort()
}

/** Numbers of the processes in these groups and all below. Membership is kept by the kernel: no stale numbers. */
export async function processesIn(directories: readonly string[]): Promise<Set<number>> {
  const lists = await Promise.all(directories.map(listProcesses))
  return new Set(lists.flat())
}

async function listProcesses(directory: string): Promise<number[]> {
  const own = await readFile(join(directory, 'cgroup.procs'), 'utf8').catch(() => '')
  const below = await Promise.all((await childrenOf(directory)).map(listProcesses))
  // A process of another PID namespace shows as 0.
  return [
    ...own
      .split('\n')
      .map(Number)
      .filter((pid) => pid > 0),
    ...below.flat(),
  ]
}

/** Removes an empty group and all below; false when something still runs in it. */
export async function removeGroup(directory: string): Promise<boolean> {
  await Promise.all((await childrenOf(directory)).map(removeGroup))
  return rmdir(directory).then(
    () => true,
    (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT',
  )
}

/** The first process of a container: number 1 in its own PID namespace. */
export async function firstProcess(pids: Iterable<number>): Promise<number | undefined> {
  for (const pid of pids) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    const numbers = /^NSpid:\t(.*)$/m.exec(status)?.[1]?.split('\t') ?? []
    if (numbers.length > 1 && numbers.at(-1) === '1') return pid
  }
  return undefined
}

async function childrenOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(directory, entry.name))
}

function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
