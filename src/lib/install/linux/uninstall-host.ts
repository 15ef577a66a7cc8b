import { enforcerPaths, enforcerServiceName } from '../../../contract/enforcer-paths.ts'
import { deriveMachineId } from '../../../contract/machine-id.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { runScript } from '../../platforms/linux/run-script.ts'
import type { Reporter } from '../../progress/reporter.ts'
import type { Transport } from '../../transports/transport.ts'
import { openGate, type Gate } from '../plan/gate.ts'
import { expectFacts, fingerprintOf, type ExpectedFacts } from '../plan/fingerprint.ts'
import { underHostLock, type HostLock, type LockClaim } from '../plan/host-lock.ts'
import type { HostChange, PlannedStep } from '../plan/step.ts'
import type { EnforcerRegistry } from './enforcer-registry.ts'
import { inspectHost, type InstalledState } from './inspect-host.ts'

export interface HostUninstallOptions {
  readonly dryRun: boolean
  /** Of a plan that was made earlier; undefined where there is none. */
  readonly expected?: ExpectedFacts | undefined
}

export interface HostUninstallContext {
  /** Root's. */
  readonly transport: Transport
  /** For whom the host is locked meanwhile. */
  readonly claim: LockClaim
  /** The Console that shall forget the enforcer; undefined to leave it alone. */
  readonly registry: EnforcerRegistry | undefined
  readonly reporter: Reporter
  readonly signal: AbortSignal
}

/** What uninstalling came to on one host. */
export type HostUninstall =
  | {
      readonly change: 'removed'
      readonly steps: readonly PlannedStep[]
      readonly gone: readonly string[]
      readonly forgotten: readonly string[]
    }
  | {
      readonly change: 'unchanged'
      readonly steps: readonly PlannedStep[]
      readonly gone: readonly string[]
      readonly forgotten: readonly string[]
    }
  | { readonly change: 'planned'; readonly steps: readonly PlannedStep[]; readonly fingerprint: string }

interface Removal extends PlannedStep {
  readonly change: HostChange
}

/** The table that holds every rule of the enforcer. */
const nftTable = 'prisma_enforcer'

/** $1 unit. Stopped for good before its files go, so that nothing restarts it. */
const stopScript = `systemctl disable --quiet --now "$1" 2>/dev/null
systemctl kill --signal=KILL "$1" 2>/dev/null
systemctl reset-failed "$1" 2>/dev/null
true`
/** $1 table. Its sets, maps and rules go with it. */
const rulesScript = `command -v nft >/dev/null 2>&1 || exit 0
nft list table inet "$1" >/dev/null 2>&1 || exit 0
nft delete table inet "$1"`
const removeScript = `rm -rf -- "$@"`
const reloadScript = `systemctl daemon-reload`

/** $1 unit, $2 table, then paths: prints what is still there, one a line, then \`end\`. */
const leftoverScript = `echo
unit=$1; table=$2; shift 2
[ "$(systemctl show -p LoadState --value "$unit" 2>/dev/null)" = not-found ] || echo "left unit $unit"
[ -z "$(systemctl show -p MainPID --value "$unit" 2>/dev/null | grep -v '^0$')" ] || echo "left process of $unit"
if command -v nft >/dev/null 2>&1 && nft list table inet "$table" >/dev/null 2>&1; then echo "left nft table inet $table"; fi
for path in "$@"; do
  if [ -e "$path" ] || [ -L "$path" ]; then echo "left $path"; fi
done
echo end`

const paths = [
  enforcerPaths.programs,
  enforcerPaths.data,
  enforcerPaths.unit,
  enforcerPaths.modulesLoad,
] as const

/**
 * Removes everything an enforcer left on a host, looks again whether it is gone, and has the Console
 * forget the enforcer. Running it on a host that has none changes nothing and says so.
 * Rejects with APO-UNINSTALL-LEFTOVER, naming what is still there.
 */
export async function uninstallFromHost(
  options: HostUninstallOptions,
  context: HostUninstallContext,
): Promise<HostUninstall> {
  if (options.dryRun) {
    const { removals, fingerprint } = await look(context)
    return { change: 'planned', steps: titlesOf(removals), fingerprint }
  }
  return underHostLock(
    { ...context.claim, action: (lock) => uninstallLocked({ options, lock }, context) },
    context,
  )
}

async function uninstallLocked(
  { options, lock }: { readonly options: HostUninstallOptions; readonly lock: HostLock },
  context: HostUninstallContext,
): Promise<HostUninstall> {
  const { transport, signal } = context
  const { state, removals, fingerprint } = await look(context)
  expectFacts({ host: transport.target, fingerprint }, options.expected)
  await remove(removals, { ...context, gate: openGate(transport, lock) })
  const left = removals.length === 0 ? [] : await leftovers(transport, signal)
  if (left.length > 0)
    throw new ApoctlError(['APO-UNINSTALL-LEFTOVER', `${transport.target}: still there: ${left.join(', ')}`])
  const forgotten = await forget(state, context)
  const change = removals.length === 0 && forgotten.length === 0 ? 'unchanged' : 'removed'
  return {
    change,
    steps: titlesOf(removals),
    gone: [...paths, `unit ${enforcerServiceName}`, `nft table inet ${nftTable}`],
    forgotten,
  }
}

interface Findings {
  readonly state: InstalledState
  readonly removals: readonly Removal[]
  readonly fingerprint: string
}

/** Looks at the host and works out what is to do. */
async function look(context: HostUninstallContext): Promise<Findings> {
  const { transport, signal } = context
  const state = await inspectHost(transport, context)
  const leftBefore = await leftovers(transport, signal)
  const removals = isPresent(state) || leftBefore.length > 0 ? planRemoval() : []
  return { state, removals, fingerprint: fingerprintOf({ state, leftBefore }) }
}

function titlesOf(removals: readonly Removal[]): readonly PlannedStep[] {
  return removals.map(({ id, title }) => ({ id, title }))
}

function planRemoval(): readonly Removal[] {
  return [
    {
      id: 'service',
      title: `stop and disable ${enforcerServiceName}`,
      change: { script: stopScript, args: [enforcerServiceName] },
    },
    {
      id: 'rules',
      title: `delete nft table inet ${nftTable}`,
      change: { script: rulesScript, args: [nftTable] },
    },
    { id: 'files', title: `remove ${paths.join(', ')}`, change: { script: removeScript, args: paths } },
    { id: 'units', title: 'have systemd forget the unit', change: { script: reloadScript } },
  ]
}

async function remove(
  removals: readonly Removal[],
  { gate, ...context }: HostUninstallContext & { readonly gate: Gate },
): Promise<void> {
  const subject = context.transport.target
  for (const { title, change } of removals) {
    context.reporter.report({ type: 'started', subject, step: title })
    await gate.pass(change, context.signal)
    context.reporter.report({ type: 'finished', subject, step: title, outcome: 'done', isPart: true })
  }
}

async function leftovers(transport: Transport, signal: AbortSignal): Promise<readonly string[]> {
  const args = [enforcerServiceName, nftTable, ...paths]
  const result = await runScript(transport, { text: leftoverScript, args, signal, timeoutMs: 60_000 })
  const lines = result.stdout.toString('utf8').trim().split('\n')
  if (lines.at(-1) !== 'end')
    throw new ApoctlError([
      'APO-HOST-ANSWER',
      `${transport.target}: looking for leftovers gave no complete answer`,
    ])
  return lines.filter((line) => line.startsWith('left ')).map((line) => line.slice('left '.length))
}

function isPresent(state: InstalledState): boolean {
  return (
    state.serviceActive ||
    [...state.folders.values()].includes(true) ||
    [...state.files.values()].some((file) => file !== undefined)
  )
}

async function forget(state: InstalledState, context: HostUninstallContext): Promise<readonly string[]> {
  const { registry, signal } = context
  if (registry === undefined) return []
  const machineId = deriveMachineId(state.machineId)
  const enforcer = await registry.find(machineId, signal)
  return enforcer === undefined ? [] : registry.forget({ ...enforcer, machineId }, signal)
}
