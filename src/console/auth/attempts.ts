import { refuse } from '../refused-request.ts'
import { addressGroup } from '../traffic/address-group.ts'

/**
 * Counts tries at secrets and makes those who fail wait longer and longer, by account too. How many requests of any
 * kind there may be is another question, and that of `traffic`.
 */
export interface Attempts {
  /** Counts a try before its outcome is known, so that many at once gain nothing; refuses with 429 while locked. */
  begin(who: Attempt): void
  /** Takes back the count of a try that was right. */
  succeeded(who: Attempt): void
}

export interface Attempt {
  readonly account: string
  readonly address: string
}

interface Tally {
  readonly failures: number
  readonly lockedUntilMs: number
}

/** An address may stand for a whole office. */
const freeTries = { account: 5, address: 20 }
const firstLockMs = 1000
const longestLockMs = 900_000
/** Beyond this the oldest are forgotten: strangers must not fill the memory. */
const maxTallies = 10_000

export function createAttempts(nowMs: () => number): Attempts {
  const tallies = new Map<string, Tally>()
  const keysOf = (who: Attempt): (readonly [key: string, free: number])[] => [
    [`account ${who.account}`, freeTries.account],
    [`address ${addressGroup(who.address)}`, freeTries.address],
  ]
  const count = (key: string, free: number): void => {
    const failures = (tallies.get(key)?.failures ?? 0) + 1
    const lockMs = failures < free ? 0 : Math.min(longestLockMs, firstLockMs * 2 ** (failures - free))
    tallies.delete(key)
    tallies.set(key, { failures, lockedUntilMs: nowMs() + lockMs })
    const [oldest] = tallies.keys()
    if (tallies.size > maxTallies && oldest !== undefined) tallies.delete(oldest)
  }
  return {
    begin: (who) => {
      const untilMs = Math.max(...keysOf(who).map(([key]) => tallies.get(key)?.lockedUntilMs ?? 0))
      if (untilMs > nowMs()) throw tooMany(untilMs - nowMs())
      for (const [key, free] of keysOf(who)) count(key, free)
    },
    succeeded: ({ account, address }) => {
      tallies.delete(`account ${account}`)
      // Only this one try: a right password of one account must not pay for guesses at others.
      const key = `address ${addressGroup(address)}`
      const failures = (tallies.get(key)?.failures ?? 1) - 1
      if (failures === 0) tallies.delete(key)
      else tallies.set(key, { failures, lockedUntilMs: 0 })
    },
  }
}

function tooMany(waitMs: number): Error {
  const retryAfterSeconds = Math.ceil(waitMs / 1000)
  return refuse(429, { text: `Too many tries; wait ${retryAfterSeconds} s`, retryAfterSeconds })
}
