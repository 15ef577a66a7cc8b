import type { Clock } from '../../lib/async/clock.ts'

/**
 * Who still moves. Each activity says how long it may be silent before it must be stuck; the watchdog is
 * fed only while nobody is overdue. A process whose timers run but whose session hangs is not alive.
 */
export interface Liveness {
  /** `activity` will speak again within `withinMs`. Replaces what it said before. */
  expect(activity: string, withinMs: number): void
  /** It is over and will not be missed. */
  done(activity: string): void
  /** Activities that should have spoken by now. */
  overdue(): readonly string[]
}

export function createLiveness(clock: Pick<Clock, 'monotonicMs'>): Liveness {
  const deadlines = new Map<string, number>()
  return {
    expect: (activity, withinMs) => void deadlines.set(activity, clock.monotonicMs() + withinMs),
    done: (activity) => void deadlines.delete(activity),
    overdue: () =>
      [...deadlines].filter(([, deadline]) => clock.monotonicMs() > deadline).map(([name]) => name),
  }
}
