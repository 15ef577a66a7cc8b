import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { LabContext } from '../lab-context.ts'
import type { HostLayout, LabLayout } from '../lab-layout.ts'
import { labSlice, type ControlGroups } from '../machine/control-groups.ts'
import { lastLine } from '../machine/tools.ts'
import { toolPath } from '../machine/this-machine.ts'
import { endHost, findHostProcesses } from './host-processes.ts'
import { launchScript } from './launch-script.ts'
import { waitForSsh } from './ssh-answer.ts'

export interface StartOptions {
  readonly lab: LabLayout
  readonly host: HostLayout
  readonly prefix: number
  readonly groups: ControlGroups
  readonly imageRoot: string
  readonly diskMiB?: number
}

const bootTimeoutMs = 60_000
const launchMs = 3000
/** How long a host that runs may leave us waiting before it is booted again: busy is not dead. */
const patienceMs = 10_000
const unitTimeoutMs = 20_000

/**
 * Boots a host whose seed is written; true when it had to. A host that runs but does not answer is
 * booted again with what is on its disk. Throws APO-LAB-BOOT.
 */
export async function startHost(options: StartOptions, context: LabContext): Promise<boolean> {
  const { host, groups } = options
  const isRunning = async () => (await findHostProcesses(host.machine, groups)).running
  const wait = { address: host.address, signal: context.signal }
  if ((await isRunning()) && (await waitForSsh({ ...wait, timeoutMs: patienceMs, stillRunning: isRunning })))
    return false
  await endHost({ machine: host.machine, groups }, context)
  await prepare(options)
  await launch(options, context)
  // What was started just now shows up in its control group only after a moment.
  const launchedAt = performance.now()
  const stillRunning = async () => performance.now() - launchedAt < launchMs || (await isRunning())
  if (await waitForSsh({ ...wait, timeoutMs: bootTimeoutMs, stillRunning })) return true
  const reason = lastLine(await readFile(host.log, 'utf8').catch(() => ''))
  throw new ApoctlError(
    ['APO-LAB-BOOT', `${host.name} did not come up${reason === '' ? '' : `: ${reason}`}`],
    {
      hints: [`Read ${host.log}.`, 'Then run: apoctl lab down, apoctl lab up.'],
    },
  )
}

async function prepare(options: StartOptions): Promise<void> {
  const { host } = options
  for (const name of ['disk', 'root']) await mkdir(join(host.directory, name), { recursive: true })
  await chmod(join(host.directory, 'disk'), 0o755)
  const image = relative(host.directory, options.imageRoot)
  await writeFile(host.launchScript, launchScript({ ...options, image }), { mode: 0o700 })
  await rm(host.log, { force: true })
}

async function launch(options: StartOptions, context: LabContext): Promise<void> {
  const { host, groups } = options
  const script = ['/bin/sh', host.launchScript] as const
  if (!groups.systemd) {
    await context.machine.startDetached({
      argv: script,
      directory: host.directory,
      environment: { PATH: toolPath.join(':') },
      log: host.log,
    })
    return
  }
  const unit = [
    'systemd-run',
    '--quiet',
    '--collect',
    `--unit=${host.machine}`,
    `--slice=${labSlice}`,
  ] as const
  const properties = [
    '--property=Delegate=yes',
    '--property=KillMode=mixed',
    `--property=StandardOutput=file:${host.log}`,
  ]
  const result = await context.machine.run(
    [
      ...unit,
      ...properties,
      `--property=StandardError=file:${host.log}`,
      '--property=TasksMax=16384',
      ...script,
    ],
    { signal: context.signal, timeoutMs: unitTimeoutMs },
  )
  if (result.exitCode !== 0)
    throw new ApoctlError(['APO-LAB-BOOT', `systemd did not start ${host.name}: ${lastLine(result.stderr)}`])
}
