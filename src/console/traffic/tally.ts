/** Counts what is under way, by who does it. */
export interface Tally {
  /** True when there may be one more; 0 allows any number. */
  hasRoom(key: string, most: number): boolean
  /** Adds one, until the function it gives is called; calling that again changes nothing. */
  add(key: string): () => void
}

export function createTally(): Tally {
  const counts = new Map<string, number>()
  const of = (key: string): number => counts.get(key) ?? 0
  return {
    hasRoom: (key, most) => most === 0 || of(key) < most,
    add: (key) => {
      let counted = true
      counts.set(key, of(key) + 1)
      return () => {
        if (!counted) return
        counted = false
        const left = of(key) - 1
        if (left === 0) counts.delete(key)
        else counts.set(key, left)
      }
    },
  }
}
