import { enforcerServiceName } from '../../../contract/enforcer-paths.ts'
import { deriveMachineId } from '../../../contract/machine-id.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Reporter } from '../../progress/reporter.ts'
import type { Transport } from '../../transports/transport.ts'
import { openGate, type Gate } from '../plan/gate.ts'
import { expectFacts, type ExpectedFacts } from '../plan/fingerprint.ts'
import { underHostLock, type HostLock, type LockClaim } from '../plan/host-lock.ts'
import type { PlannedStep } from '../plan/step.ts'
import type { Removal } from '../packages/plan-package-removal.ts'
import type { EnforcerRegistry } from './enforcer-registry.ts'
import { findLeftovers, lookForRemoval, nftTable, paths, type Findings } from './look-for-removal.ts'

export interface HostUninstallOptions {
  readonly dryRun: boolean
  /** Leave the source of packages and its key where they are. */
  readonly keepSource: boolean
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
    const { removals, fingerprint } = await lookForRemoval(options, context)
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
  const { state, removals, fingerprint, sources } = await lookForRemoval(options, context)
  expectFacts({ host: transport.target, fingerprint }, options.expected)
  await remove(removals, { ...context, gate: openGate(transport, lock) })
  const left = removals.length === 0 ? [] : await findLeftovers([...paths, ...sources], { transport, signal })
  if (left.length > 0)
    throw new ApoctlError(['APO-UNINSTALL-LEFTOVER', `${transport.target}: still there: ${left.join(', ')}`])
  const forgotten = await forget(state, context)
  const change = removals.length === 0 && forgotten.length === 0 ? 'unchanged' : 'removed'
  return {
    change,
    steps: titlesOf(removals),
    gone: [...paths, ...sources, `unit ${enforcerServiceName}`, `nft table inet ${nftTable}`],
    forgotten,
  }
}

function titlesOf(removals: readonly Removal[]): readonly PlannedStep[] {
  return removals.map(({ id, title }) => ({ id, title }))
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

async function forget(state: Findings['state'], context: HostUninstallContext): Promise<readonly string[]> {
  const { registry, signal } = context
  if (registry === undefined) return []
  const machineId = deriveMachineId(state.machineId)
  const enforcer = await registry.find(machineId, signal)
  return enforcer === undefined ? [] : registry.forget({ ...enforcer, machineId }, signal)
}
