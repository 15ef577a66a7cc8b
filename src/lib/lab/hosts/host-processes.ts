import { rm } from 'node:fs/promises'
import { sleep } from '../../async/sleep.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { LabContext } from '../lab-context.ts'
import {
  firstProcess,
  groupsOf,
  processesIn,
  removeGroup,
  type ControlGroups,
} from '../machine/control-groups.ts'

export interface HostProcesses {
  readonly running: boolean
  /** Number, on the machine, of the host's systemd; what `nsenter` and kill need. */
  readonly initPid?: number
}

const killTimeoutMs = 15_000
/** How long systemd-nspawn may take to tidy up after its container. */
const tidyUpMs = 5000
const unitTimeoutMs = 20_000
const pollMs = 20

export async function findHostProcesses(machine: string, groups: ControlGroups): Promise<HostProcesses> {
  const pids = await processesIn(await groupsOf(machine, groups))
  const initPid = await firstProcess(pids)
  return { running: pids.size > 0, ...(initPid === undefined ? {} : { initPid }) }
}

/**
 * Ends everything a lab host runs and removes its control groups and what systemd-nspawn keeps about
 * it; true when there was anything. Throws APO-LAB-LEFTOVER when it would not end.
 */
export async function endHost(
  options: { readonly machine: string; readonly groups: ControlGroups },
  context: LabContext,
): Promise<boolean> {
  const { machine, groups } = options
  const existed = (await groupsOf(machine, groups)).length > 0
  await killAll(options, context)
  if (groups.systemd) await forgetUnit(machine, context)
  for (const group of await groupsOf(machine, groups)) {
    if (!(await removeGroup(group))) throw leftover(machine, `the control group ${group}`)
  }
  await Promise.all(
    ['propagate', 'unix-export'].map((kind) =>
      rm(`/run/systemd/nspawn/${kind}/${machine}`, { recursive: true, force: true }),
    ),
  )
  return existed
}

/**
 * Kills until nothing is left: a process may fork between being listed and being killed. The
 * container's first process goes first: the kernel then ends all others of its namespace, and
 * systemd-nspawn, which outlives it for a moment, tidies up what it keeps under /run.
 */
async function killAll(
  options: { readonly machine: string; readonly groups: ControlGroups },
  context: LabContext,
): Promise<void> {
  const begun = performance.now()
  let firstKilledAt: number | undefined
  for (;;) {
    const pids = await processesIn(await groupsOf(options.machine, options.groups))
    if (pids.size === 0) return
    const now = performance.now()
    if (now - begun > killTimeoutMs) throw leftover(options.machine, `process ${[...pids].join(', ')}`)
    const first = await firstProcess(pids)
    if (first !== undefined) {
      firstKilledAt ??= now
      kill(first)
    } else if (firstKilledAt === undefined || now - firstKilledAt > tidyUpMs) {
      for (const pid of pids) kill(pid)
    }
    await sleep(pollMs, { signal: context.signal })
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function forgetUnit(machine: string, context: LabContext): Promise<void> {
  const unit = `${machine}.service`
  const options = { signal: context.signal, timeoutMs: unitTimeoutMs }
  // Both complain when there is no such unit, which is what is wanted.
  await context.machine.run(['systemctl', 'stop', unit], options)
  await context.machine.run(['systemctl', 'reset-failed', unit], options)
}

function leftover(machine: string, what: string): ApoctlError {
  return new ApoctlError(['APO-LAB-LEFTOVER', `${what} of ${machine} would not go`])
}
