import type { Clock } from '../../async/clock.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Reporter } from '../../progress/reporter.ts'
import type { EnforcerRegistry, RegisteredEnforcer } from './enforcer-registry.ts'

export interface AwaitConnectionContext {
  readonly registry: EnforcerRegistry
  readonly reporter: Reporter
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Which enforcer to wait for, and how long. */
export interface AwaitedConnection {
  /** The host, for people. */
  readonly subject: string
  readonly machineId: string
  /** `lastSyncTime` from before: only what the Console has heard later counts. */
  readonly heardAt: string | undefined
  readonly timeoutMs: number
  readonly api: string
}

/** Waits until the Console sees an enforcer. Rejects with APO-INSTALL-NOT-CONNECTED. */
export async function awaitConnection(
  awaited: AwaitedConnection,
  context: AwaitConnectionContext,
): Promise<RegisteredEnforcer> {
  const { registry, reporter, clock, signal } = context
  const { subject, machineId, heardAt } = awaited
  const step = 'wait until the Console sees the enforcer'
  reporter.report({ type: 'started', subject, step })
  const deadlineMs = clock.nowMs() + awaited.timeoutMs
  const found = await registry.waitUntilConnected(machineId, { heardAt, deadlineMs, signal })
  reporter.report({
    type: 'finished',
    subject,
    step,
    outcome: found === undefined ? 'failed' : 'done',
    isPart: true,
  })
  if (found !== undefined) return found
  throw new ApoctlError(
    ['APO-INSTALL-NOT-CONNECTED', `${subject}: the Console did not see its enforcer connect`],
    { hints: [`Can the host reach ${awaited.api}? apoctl preflight linux tells.`] },
  )
}
