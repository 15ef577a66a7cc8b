import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { LabContext } from '../lab-context.ts'

/** The tools the lab runs on this machine, and the Debian package that brings each. */
const packageOf: Readonly<Record<string, string>> = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  ip: 'iproute2',
  'ssh-keygen': 'openssh-client',
  mount: 'mount',
  unshare: 'util-linux',
  nsenter: 'util-linux',
}

const installTimeoutMs = 10 * 60_000

/** Throws unless this is a Linux machine and we are root on it: nothing of a lab works otherwise. */
export function requireRoot(context: Pick<LabContext, 'machine'>, command: string): void {
  const { machine } = context
  if (machine.platform !== 'linux')
    throw new ApoctlError(['APO-LAB-PLATFORM', `lab hosts need Linux, and this is ${machine.platform}`])
  if (machine.userId !== 0) {
    throw new ApoctlError(['APO-LAB-PRIVILEGE', `apoctl ${command} needs root on this machine`], {
      hints: [`Run: sudo apoctl ${command}`],
    })
  }
}

/** Makes sure every tool is there: installs what is missing when asked to, or says how to. */
export async function requireTools(
  options: { readonly install: boolean },
  context: LabContext,
): Promise<void> {
  const missing = await missingPackages(context)
  if (missing.length === 0) return
  const command = ['apt-get', 'install', '--yes', '--no-install-recommends', ...missing] as const
  const hasApt = await context.machine.has('apt-get')
  if (!options.install || !hasApt) {
    throw new ApoctlError(
      ['APO-LAB-TOOLS', `this machine lacks what lab hosts are made with: ${missing.join(', ')}`],
      {
        hints: hasApt
          ? [`Run: ${command.join(' ')}`, 'Or let apoctl do it: apoctl lab up --install-tools']
          : [`Install them with this machine's package manager: ${missing.join(' ')}`],
      },
    )
  }
  await install(command, context)
  const still = await missingPackages(context)
  if (still.length > 0)
    throw new ApoctlError(['APO-LAB-TOOLS', `apt-get brought no working ${still.join(', ')}`])
}

async function missingPackages(context: LabContext): Promise<string[]> {
  const checks = await Promise.all(
    Object.entries(packageOf).map(async ([tool, name]) => ((await context.machine.has(tool)) ? [] : [name])),
  )
  return [...new Set(checks.flat())]
}

async function install(command: readonly [string, ...string[]], context: LabContext): Promise<void> {
  const { machine, reporter, signal } = context
  const step = `install ${command.slice(4).join(' ')}`
  reporter.report({ type: 'started', subject: 'this machine', step })
  const run = (argv: readonly [string, ...string[]]) =>
    machine.run(argv, { signal, timeoutMs: installTimeoutMs })
  const update = await run(['apt-get', 'update'])
  const result =
    update.exitCode === 0 ? await run(['env', 'DEBIAN_FRONTEND=noninteractive', ...command]) : update
  reporter.report({
    type: 'finished',
    subject: 'this machine',
    step,
    outcome: result.exitCode === 0 ? 'done' : 'failed',
  })
  if (result.exitCode === 0) return
  throw new ApoctlError(['APO-LAB-TOOLS', `apt-get failed: ${lastLine(result.stderr)}`], {
    hints: [`Run: ${command.join(' ')}`],
  })
}

/** What a tool said last; the rest is progress. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
