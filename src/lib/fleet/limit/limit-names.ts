import { ApoctlError } from '../../errors/apoctl-error.ts'
import { nameMatcher } from './name-matcher.ts'
import { splitPatterns } from './split-patterns.ts'

/** The names that patterns choose from. */
export interface LimitScope {
  /** All hosts, in the order they are worked on. */
  readonly hosts: readonly string[]
  /** The same in the order they were named, by which Ansible counts in `*[0]`. */
  readonly asNamed: readonly string[]
  /** The hosts of each group, those of groups below it too. */
  readonly groups: ReadonlyMap<string, () => readonly string[]>
  /** Where a host is, for patterns that match no name. */
  readonly addressOf: (host: string) => string
  /** The lines of a file, for `@FILE`. */
  readonly linesOf: (file: string) => readonly string[]
  /** Hears of patterns that match nothing: a typing error in `!db` would let db in. */
  readonly warn: (text: string) => void
}

/**
 * The hosts that are left by patterns, as Ansible's `--limit` has them: hosts and groups by name or pattern,
 * `!` takes out, `&` keeps what is in both, `~` begins a regular expression, `[0]` and `[0:2]` choose by
 * place, `@` names a file of patterns. With nothing but `!` and `&`, all the hosts are there to begin with.
 */
export function limitNames(limit: string, scope: LimitScope): string[] {
  const patterns = splitPatterns(limit).flatMap((part) =>
    part.startsWith('@') ? scope.linesOf(part.slice(1)) : [part],
  )
  const known = new Set(scope.hosts)
  const matched = (pattern: string): readonly string[] =>
    known.has(pattern) ? [pattern] : namesFor(pattern, scope)
  const marked = (mark: string) =>
    patterns.filter((one) => one.startsWith(mark)).map((one) => new Set(matched(one.slice(1))))
  const plain = patterns.filter((pattern) => !/^[!&]/.test(pattern))
  const chosen = new Set((plain.length === 0 ? ['all'] : plain).flatMap(matched))
  const [also, not] = [marked('&'), marked('!')]
  return scope.hosts.filter(
    (name) =>
      chosen.has(name) && also.every((names) => names.has(name)) && !not.some((names) => names.has(name)),
  )
}

const subscript = /^([^~].*)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/s

function namesFor(pattern: string, scope: LimitScope): readonly string[] {
  const match = subscript.exec(pattern)
  if (match === null) return enumerate(pattern, scope)
  const [, before = '', index, from = '0', to] = match
  const found = enumerate(before, scope)
  // To Ansible an end of zero is as if there were none.
  const single = index ?? (Number(to || -1) === 0 ? from : undefined)
  if (single === undefined || found.length === 0) return found.slice(Number(from), endOf(to))
  const name = found.at(Number(single))
  if (name !== undefined) return [name]
  throw new ApoctlError(
    ['APO-INPUT-VALUE', `--limit: "${pattern}" is past the end of ${found.length} host(s)`],
    { hints: ['The first is [0], the last is [-1].'] },
  )
}

/** Both ends are part of a range; without an end it goes on to the last. */
function endOf(to: string | undefined): number | undefined {
  return to === undefined || to === '' ? undefined : Number(to) + 1
}

/** Hosts of groups that match; of hosts, where no group does or the pattern is more than a word. */
function enumerate(pattern: string, scope: LimitScope): readonly string[] {
  const matches = nameMatcher(pattern)
  const groups = [...scope.groups].filter(([name]) => matches(name))
  const names = groups.flatMap(([, hosts]) => hosts())
  if (groups.length === 0 || /^~|[.?*[]/.test(pattern)) names.push(...scope.asNamed.filter(matches))
  if (names.length > 0 || groups.length > 0) return names
  const byAddress = scope.hosts.filter((host) => matches(scope.addressOf(host)))
  if (byAddress.length === 0) scope.warn(`--limit: "${pattern}" matches no host and no group`)
  return byAddress
}
