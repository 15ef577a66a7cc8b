/** For each client a bucket that fills steadily, and lets a request pass for each drop in it. */
export interface Buckets {
  /** Takes one drop. Gives 0, or how many milliseconds it takes until there is one again. */
  take(client: string): number
}

export interface BucketOptions {
  /** 0: every request passes. */
  readonly perSecond: number
  /** What a bucket holds, in seconds' worth of drops: so much may come at once. */
  readonly burstSeconds: number
  readonly nowMs: () => number
}

interface Bucket {
  readonly drops: number
  readonly atMs: number
}

/** Clients that come and go must not fill the memory; whoever is forgotten begins with a full bucket. */
const mostBuckets = 20_000

export function createBuckets({ perSecond, burstSeconds, nowMs }: BucketOptions): Buckets {
  const size = Math.max(1, perSecond * burstSeconds)
  const buckets = new Map<string, Bucket>()
  return {
    take: (client) => {
      if (perSecond === 0) return 0
      const now = nowMs()
      const { drops, atMs } = buckets.get(client) ?? { drops: size, atMs: now }
      // The clock may have been set back.
      const filled = Math.min(size, drops + (Math.max(0, now - atMs) / 1000) * perSecond)
      const passes = filled >= 1
      // At the end of the map, whose first is the one that was away the longest.
      buckets.delete(client)
      buckets.set(client, { drops: passes ? filled - 1 : filled, atMs: now })
      const [oldest] = buckets.size > mostBuckets ? buckets.keys() : []
      if (oldest !== undefined) buckets.delete(oldest)
      return passes ? 0 : ((1 - filled) / perSecond) * 1000
    },
  }
}
