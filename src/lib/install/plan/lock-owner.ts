import { isAlive } from '../../fleet/journal/process-identity.ts'
import type { RunOperator } from '../../fleet/journal/run-plan.ts'

/** Who changes a host, as others who want to are told. */
export interface LockOwner {
  readonly operator: RunOperator
  readonly run: string
}

/** Whom a host is locked for. */
export interface LockHolder {
  readonly token: string
  /** Since its last sign of life, by the clock of the host. */
  readonly ageSeconds: number
  /** Undefined when the lock does not say, or not in our words. */
  readonly owner: LockOwner | undefined
}

/** Reads what a lock says. It is what anybody who is root there may have written. */
export function readHolder(said: {
  readonly age: string
  readonly token: string
  readonly text: string
}): LockHolder {
  const ageSeconds = Number(said.age)
  return {
    token: said.token,
    ageSeconds: Number.isFinite(ageSeconds) ? ageSeconds : 0,
    owner: ownerOf(said.text),
  }
}

function ownerOf(text: string): LockOwner | undefined {
  try {
    const { operator, run } = JSON.parse(text) as Partial<LockOwner>
    const isComplete =
      typeof run === 'string' &&
      [operator?.user, operator?.machine, operator?.bootId, operator?.startedTicks].every(
        (word) => typeof word === 'string',
      ) &&
      Number.isSafeInteger(operator?.pid)
    return isComplete ? ({ operator, run } as LockOwner) : undefined
  } catch {
    return undefined
  }
}

/** Whether the lock is of a process of this very machine, which is gone. */
export function isAbandonedByUs({ owner }: LockHolder, we: LockOwner): boolean {
  if (owner === undefined || owner.operator.bootId === '') return false
  const isHere =
    owner.operator.bootId === we.operator.bootId && owner.operator.machine === we.operator.machine
  return isHere && !isAlive(owner.operator)
}

export function describeHolder({ owner, ageSeconds }: LockHolder): string {
  const who =
    owner === undefined ? 'somebody' : `${owner.operator.user}@${owner.operator.machine} (run ${owner.run})`
  return `${who}, last sign of life ${Math.max(0, Math.round(ageSeconds))} s ago`
}
