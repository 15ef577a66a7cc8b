import { spawn, type ChildProcess } from 'node:child_process'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { withinLimits } from '../command-limits.ts'
import { startTraffic, type CommandTraffic } from '../command-streams.ts'
import type { CommandOptions, CommandRequest, CommandResult, Transport } from '../transport.ts'

/** How long a command may take to end on its own after it was asked to. */
const graceMs = 2000

export interface LocalWorld {
  /** The environment commands get; credentials of this run do not belong in it. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Runs commands on this machine through /bin/sh, each in a process group of its own. */
export function openLocal(world: LocalWorld): Transport {
  const running = new Set<ChildProcess>()
  return {
    target: 'local',
    run: (request, options = {}) =>
      withinLimits({ ...options, target: 'this machine', command: request.command }, (signal) =>
        runShell({ request, options, signal }, { world, running }),
      ),
    async close() {
      await Promise.all([...running].map((child) => endGroup(child)))
    },
  }
}

interface ShellRun {
  readonly request: CommandRequest
  readonly options: CommandOptions
  readonly signal: AbortSignal
}

async function runShell(
  run: ShellRun,
  where: { readonly world: LocalWorld; readonly running: Set<ChildProcess> },
): Promise<CommandResult> {
  const child = spawn('/bin/sh', ['-c', run.request.command], {
    // A group of its own, so that a command is ended together with everything it started.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...where.world.environment },
  })
  where.running.add(child)
  const traffic = startTraffic(child, { request: run.request, maxOutputBytes: run.options.maxOutputBytes })
  try {
    return await Promise.race([finish(child, traffic), traffic.broken, stopped(run.signal)])
  } catch (error) {
    await endGroup(child)
    throw error
  } finally {
    where.running.delete(child)
  }
}

async function finish(child: ChildProcess, traffic: CommandTraffic): Promise<CommandResult> {
  const [exitCode, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new ApoctlError(['APO-HOST-COMMAND', 'no command could be started on this machine'], { cause })),
    )
    child.once('close', (code, name) => resolve([code, name]))
  })
  await traffic.delivered
  return { exitCode, signal, ...traffic.output() }
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
}

/** Asks the whole group to end, and ends it when it does not. */
async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return
  const group = -child.pid
  sendSignal(group, 'SIGTERM')
  for (let waitedMs = 0; waitedMs < graceMs && exists(group); waitedMs += 20)
    await new Promise((resolve) => setTimeout(resolve, 20))
  sendSignal(group, 'SIGKILL')
}

const exists = (group: number): boolean => sendSignal(group, 0)

/** False when nobody is left to get it. */
function sendSignal(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(group, signal)
    return true
  } catch {
    return false
  }
}
