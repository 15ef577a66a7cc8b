import { spawn, type ChildProcess } from 'node:child_process'
import { access, constants, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { DetachedTool, LabMachine, ToolOptions, ToolResult } from './lab-machine.ts'

/** Tools of administrators are not on everybody's path; these are where distributions keep them. */
export const toolPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** What the tools may see of the caller's environment: how to reach a package mirror, nothing else. */
const passedOn = ['http_proxy', 'https_proxy', 'no_proxy'] as const
export type MachineEnvironment = Readonly<Partial<Record<(typeof passedOn)[number], string | undefined>>>

/** The machine this process runs on. */
export function createThisMachine(environment: MachineEnvironment = {}): LabMachine {
  const toolEnvironment = {
    PATH: toolPath.join(':'),
    // Messages are read by people, but sorted and matched by us.
    LC_ALL: 'C.UTF-8',
    ...Object.fromEntries(
      passedOn.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
    ),
  }
  return {
    platform: process.platform,
    userId: process.geteuid?.() ?? -1,
    has: async (tool) => {
      const found = await Promise.all(toolPath.map((directory) => isExecutable(join(directory, tool))))
      return found.includes(true)
    },
    run: (argv, options) => runTool({ argv, environment: toolEnvironment }, options),
    startDetached,
  }
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}

async function runTool(
  tool: {
    readonly argv: readonly [string, ...string[]]
    readonly environment: Record<string, string | undefined>
  },
  options: ToolOptions,
): Promise<ToolResult> {
  options.signal?.throwIfAborted()
  const [file, ...args] = tool.argv
  // A group of its own, so that ending it ends what it started as well.
  const child = spawn(file, args, { env: tool.environment, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  const end = () => endGroup(child)
  const timer = setTimeout(end, options.timeoutMs)
  options.signal?.addEventListener('abort', end, { once: true })
  try {
    const result = await outcomeOf(child, options.stdin ?? '')
    options.signal?.throwIfAborted()
    return result
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', end)
  }
}

/** Asks the tool and its children to end, and insists when they have not after five seconds. */
function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM')
  setTimeout(() => signalGroup(child, 'SIGKILL'), 5000).unref()
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  // Until Node has reaped the child its number cannot be anybody else's.
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // It ended by itself between the check and the signal.
  }
}

function outcomeOf(
  child: ReturnType<typeof spawn> & { readonly stdin: NonNullable<ChildProcess['stdin']> },
  stdin: string,
): Promise<ToolResult> {
  const output = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  // A tool that does not read its input closes the pipe; what it did shows in its exit status.
  child.stdin.on('error', () => undefined).end(stdin)
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ ...output, exitCode: null, stderr: error.message }))
    child.once('close', (exitCode) => resolve({ ...output, exitCode }))
  })
}

async function startDetached(tool: DetachedTool): Promise<void> {
  const [file, ...args] = tool.argv
  const log = await open(tool.log, 'a', 0o600)
  try {
    const child = spawn(file, args, {
      cwd: tool.directory,
      env: { ...tool.environment },
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    })
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    child.unref()
  } finally {
    await log.close()
  }
}
