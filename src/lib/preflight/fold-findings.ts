import { foldNames } from '../progress/fold-names.ts'
import type { CheckResult, HostPreflight } from './judge-host.ts'

/** The same problem on one or many hosts. */
export interface Finding {
  readonly checkId: string
  readonly title: string
  readonly category: CheckResult['category']
  readonly severity: CheckResult['severity']
  readonly effect: CheckResult['effect']
  readonly hosts: readonly string[]
  /** The same, for people: `web[01-47], db1`. */
  readonly hostsFolded: string
  /** Which systems they run, most frequent first. */
  readonly systems: readonly string[]
  /** What was found, and on how many hosts; most frequent first. */
  readonly found: readonly { readonly text: string; readonly hosts: number }[]
  /** The commands that mend it; one for each kind of system. */
  readonly fixes: readonly { readonly command: string; readonly hosts: readonly string[] }[]
  readonly hint: string
  readonly documentation: string
  /** `23 hosts fail linux.kernel.module.xt_set (all RHEL 8.3): one fix` */
  readonly summary: string
}

interface Occurrence {
  readonly host: HostPreflight
  readonly result: CheckResult
}

const ranks = ['blocks', 'undecided', 'warns', 'none'] as const

/** Brings the problems of many hosts together, the worst and most frequent first. */
export function foldFindings(hosts: readonly HostPreflight[]): Finding[] {
  const occurrences = new Map<string, Occurrence[]>()
  for (const host of hosts)
    for (const result of host.checks) {
      if (result.effect === 'none') continue
      const key = `${result.effect} ${result.id}`
      occurrences.set(key, [...(occurrences.get(key) ?? []), { host, result }])
    }
  return [...occurrences.values()]
    .flatMap((group) => {
      const [first] = group
      return first === undefined ? [] : [toFinding(first.result, group)]
    })
    .sort((a, b) => ranks.indexOf(a.effect) - ranks.indexOf(b.effect) || b.hosts.length - a.hosts.length)
}

function toFinding(result: CheckResult, group: readonly Occurrence[]): Finding {
  const hosts = group.map(({ host }) => host.host)
  const systems = countBy(group.map(({ host }) => host.system ?? 'unknown system')).map(({ text }) => text)
  const commands = countBy(group.flatMap((one) => (one.result.fix === null ? [] : [one.result.fix.command])))
  const fixes = commands.map(({ text }) => ({
    command: text,
    hosts: group.filter((one) => one.result.fix?.command === text).map(({ host }) => host.host),
  }))
  return {
    checkId: result.id,
    title: result.title,
    category: result.category,
    severity: result.severity,
    effect: result.effect,
    hosts,
    hostsFolded: foldNames(hosts),
    systems,
    found: countBy(group.map((one) => one.result.found)).map(({ text, count }) => ({ text, hosts: count })),
    fixes,
    hint: result.hint,
    documentation: result.documentation,
    summary: summarise({ result, hosts, systems, fixes }),
  }
}

/** What a group of hosts does about a check, for one host and for several. */
const verbs = {
  blocks: ['fails', 'fail'],
  undecided: ['could not tell', 'could not tell'],
  warns: ['warns about', 'warn about'],
  none: ['notes', 'note'],
} as const satisfies Record<CheckResult['effect'], readonly [string, string]>

function summarise(
  finding: Pick<Finding, 'hosts' | 'systems' | 'fixes'> & { readonly result: CheckResult },
): string {
  const { hosts, systems, fixes, result } = finding
  const [alone, together] = verbs[result.effect]
  const cure = fixes.length === 0 ? '' : fixes.length === 1 ? ': one fix' : `: ${fixes.length} fixes`
  if (hosts.length === 1) return `${hosts[0] ?? ''} ${alone} ${result.id} (${systems[0] ?? ''})${cure}`
  const where = systems.length === 1 ? `all ${systems[0] ?? ''}` : `${systems.length} systems`
  return `${hosts.length} hosts ${together} ${result.id} (${where})${cure}`
}

function countBy(texts: readonly string[]): { readonly text: string; readonly count: number }[] {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count)
}
