import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { RunOperator } from './run-plan.ts'

/** Who runs apoctl here and now. */
export function thisOperator(user: string): RunOperator {
  const { pid } = process
  return { user, machine: hostname(), bootId: bootId(), pid, startedTicks: startedTicks(pid) }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

/** When a process began, so that another one under the same number is not taken for it; empty where nobody says. */
function startedTicks(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name stands in brackets and may have blanks in it; behind it, this is the twentieth field.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

/** Whether the process of a run still goes on; only for runs of this machine. */
export function isAlive({ pid, startedTicks: ticks }: Pick<RunOperator, 'pid' | 'startedTicks'>): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process may not be signalled, and is there.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return ticks === '' || ticks === startedTicks(pid)
}
