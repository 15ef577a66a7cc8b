import type { CommandResult, Transport } from '../../transports/transport.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { runScriptWithInput } from '../../platforms/linux/run-script-with-input.ts'
import { runScript } from '../../platforms/linux/run-script.ts'
import { lockLost, type HostLock } from './host-lock.ts'
import type { HostChange } from './step.ts'

/** How long one change to a host may take, besides what has to come over the network. */
const changeTimeoutMs = 5 * 60_000
/** The slowest line that is waited for, bytes a second. One that is dead, keepalives notice. */
const slowestLine = 16 * 1024

/** The one place through which every change to a host goes. */
export interface Gate {
  /** Does the change, or rejects with what its exit code means, APO-HOST-COMMAND, APO-HOST-DISK or APO-SSH-*. */
  pass(change: HostChange, signal: AbortSignal): Promise<void>
}

/** Opens the gate to a host that is locked for us. A dry run has no gate, so nothing can slip through. */
export function openGate(transport: Transport, lock: Pick<HostLock, 'guarded'>): Gate {
  return {
    async pass(change, signal) {
      const result = await runChange(lock.guarded(change), { transport, signal })
      if (result.exitCode === lockLost) throw takenOver(transport.target)
      if (result.exitCode !== 0) throw await explain({ change, result }, { transport, signal })
    },
  }
}

function takenOver(target: string): ApoctlError {
  return new ApoctlError(['APO-HOST-LOCK-LOST', `${target} was taken over by another run of apoctl`])
}

interface HostAccess {
  readonly transport: Transport
  readonly signal: AbortSignal
}

function runChange(change: HostChange, host: HostAccess): Promise<CommandResult> {
  const { script: text, args = [], bringsBytes = 0 } = change
  const transferMs = (bringsBytes / slowestLine) * 1000
  const how = { text, args, signal: host.signal, timeoutMs: changeTimeoutMs + transferMs }
  const input = change.stdin?.()
  return input === undefined
    ? runScript(host.transport, how)
    : runScriptWithInput(host.transport, { ...how, input })
}

async function explain(
  failure: { readonly change: HostChange; readonly result: CommandResult },
  host: HostAccess,
): Promise<ApoctlError> {
  const { change, result } = failure
  const lastWords = result.stderr.toString('utf8').trim().split('\n').slice(-3).join(' / ')
  const known = change.failures?.[result.exitCode ?? 0]
  if (known !== undefined) return new ApoctlError([known, `${host.transport.target}: ${lastWords}`])
  const shortage = change.writes === undefined ? undefined : await findShortage(change.writes, host)
  if (shortage !== undefined)
    return new ApoctlError(['APO-HOST-DISK', `${host.transport.target}: ${shortage}`], {
      hints: ['Make room there, or mount it writable, and run the same command again.'],
    })
  const ending =
    result.exitCode === null ? `was ended by ${result.signal ?? 'a signal'}` : `failed (${result.exitCode})`
  return new ApoctlError([
    'APO-HOST-COMMAND',
    `${host.transport.target}: a command of this step ${ending}: ${lastWords}`,
  ])
}

/** Prints free KiB of the nearest existing folder above $1, and whether it can be written. */
const probeScript = `
dir=$1
while [ ! -d "$dir" ]; do dir=$(dirname "$dir"); done
df -Pk "$dir" | awk 'NR == 2 { print $4, $6 }'
probe=$(mktemp "$dir/.apoctl-probe.XXXXXX" 2>/dev/null) && { rm -f "$probe"; echo writable; } || echo refused
`

async function findShortage(
  writes: { readonly path: string; readonly sizeBytes: number },
  host: HostAccess,
): Promise<string | undefined> {
  const probe = { text: probeScript, args: [writes.path], signal: host.signal, timeoutMs: 30_000 }
  const result = await runScript(host.transport, probe)
  const [space, access] = result.stdout.toString('utf8').trim().split('\n')
  const [freeKib, mount] = space?.split(' ') ?? []
  if (freeKib === undefined || mount === undefined) return undefined
  const freeBytes = Number(freeKib) * 1024
  if (freeBytes < writes.sizeBytes)
    return `${mount} has ${mebibytes(freeBytes)} free, ${mebibytes(writes.sizeBytes)} are needed`
  return access === 'refused' ? `${mount} cannot be written to` : undefined
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_048_576)} MiB`
}
