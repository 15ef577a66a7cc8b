/** mulberry32: the same numbers in every run. */
export function seededRandom(from: number): {
  readonly below: (limit: number) => number
  readonly one: <Item>(list: readonly Item[]) => Item
} {
  let seed = from
  const below = (limit: number): number => {
    seed = (seed + 0x6d2b_79f5) | 0
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
  return { below, one: (list) => list[below(list.length)] as never }
}
