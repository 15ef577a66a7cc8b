/** A version as numbers: `9.10` is [9, 10]. Words after the numbers are dropped: `10-beta` is [10]. */
export type Version = readonly number[]

export function parseVersion(text: string): Version | null {
  const digits = /^\d+(?:\.\d+)*/.exec(text.trim())?.[0]
  return digits === undefined ? null : digits.split('.').map(Number)
}

/** Below zero when `a` is older. A version is as old as its first zero release: 7 equals 7.0. */
export function compareVersions(a: Version, b: Version): number {
  const length = Math.max(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** A line of the guide: one version (`2`, `20.04`, `9.8`) or a closed range (`7.1-7.9`). */
export interface VersionRange {
  readonly from: Version
  readonly to: Version
}

/** Throws an Error that says what is wrong with the text. */
export function parseVersionRange(text: string): VersionRange {
  const [, from, to] = /^\s*(\d+(?:\.\d+)*)(?:\s*[-–]\s*(\d+(?:\.\d+)*))?\s*$/.exec(text) ?? []
  if (from === undefined) throw new Error(`"${text}" is neither a version (20.04) nor a range (7.1-7.9)`)
  const range = { from: numbers(from), to: numbers(to ?? from) }
  if (compareVersions(range.from, range.to) > 0) throw new Error(`the range "${text}" ends before it starts`)
  return range
}

const numbers = (text: string): Version => text.split('.').map(Number)

/**
 * Whether a version lies in a range, looking only as deep as the range is written: 7.9.2009 is in
 * 7.1-7.9, and 2.0.2021 is a "2". `undecided` when the version is coarser than the range asks for:
 * "9" may or may not be 9.8.
 */
export function inRange(version: Version, range: VersionRange): 'inside' | 'outside' | 'undecided' {
  const depth = Math.max(range.from.length, range.to.length)
  if (version.length >= depth) {
    const seen = version.slice(0, depth)
    return compareVersions(seen, range.from) >= 0 && compareVersions(seen, range.to) <= 0
      ? 'inside'
      : 'outside'
  }
  const coarse = (bound: Version): Version => bound.slice(0, version.length)
  const above = compareVersions(version, coarse(range.from)) >= 0
  const below = compareVersions(version, coarse(range.to)) <= 0
  return above && below ? 'undecided' : 'outside'
}
