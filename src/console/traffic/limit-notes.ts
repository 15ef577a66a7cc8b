import type { ConsoleWorld } from '../world.ts'

export interface ReachedLimit {
  readonly limit: string
  readonly client: string
}

const noteEveryMs = 60_000
/** Of each minute. A flood from many addresses must fill neither the memory nor the journal. */
const mostNoted = 50

/** Tells the operator once a minute of each client and limit, and not of every request that is refused. */
export function createLimitNotes(world: ConsoleWorld): (reached: ReachedLimit) => void {
  const noted = new Set<string>()
  let sinceMs = Number.NEGATIVE_INFINITY
  return ({ limit, client }) => {
    const now = world.clock.nowMs()
    // Either way: the clock may have been set back.
    if (Math.abs(now - sinceMs) >= noteEveryMs) {
      noted.clear()
      sinceMs = now
    }
    const what = `${client} ${limit}`
    if (noted.has(what) || noted.size > mostNoted) return
    noted.add(what)
    const isOneTooMany = noted.size > mostNoted
    world.note({ type: 'limit-reached', limit, client: isOneTooMany ? `${client} and others` : client })
  }
}
