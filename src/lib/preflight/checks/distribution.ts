import type { HostFacts } from '../facts/host-facts.ts'
import { inRange, parseVersion, parseVersionRange, type Version } from '../requirements/version.ts'
import { evidence, type Check, type CheckSources, type Verdict } from './check.ts'

/** What os-release calls the distributions that guides name in full. */
const idsByName: Readonly<Record<string, readonly string[]>> = {
  'Amazon Linux': ['amzn'],
  CentOS: ['centos'],
  Debian: ['debian'],
  'Oracle Enterprise Linux': ['ol'],
  'Oracle Linux': ['ol'],
  'Red Hat Enterprise Linux': ['rhel'],
  'SuSE Linux': ['sles', 'sled', 'sles_sap', 'suse'],
  Ubuntu: ['ubuntu'],
  'Rocky Linux': ['rocky'],
}

export interface Distribution {
  readonly id: string
  readonly name: string
  /** As precise as the host says; null when it says nothing that can be compared. */
  readonly version: Version | null
  readonly shown: string
}

export function distributionChecks(sources: CheckSources): Check[] {
  const { distributions } = sources.linux
  if (distributions === undefined) return []
  const listed = Object.entries(distributions).map(([name, versions]) => `${name} ${versions.join(', ')}`)
  return [
    {
      id: 'linux.system.distribution',
      title: 'Distribution and version',
      category: 'system',
      severity: 'overridable',
      requirement: listed.join('; '),
      hint: 'Upgrade to a listed version, or accept the risk: --accept-risk linux.system.distribution.',
      evaluate: (facts) => judgeDistribution(distributions, facts),
    },
  ]
}

type Listed = Readonly<Record<string, readonly string[]>>

function judgeDistribution(listed: Listed, facts: HostFacts): Verdict {
  const own = identify(facts)
  const shown = evidence(sourceOf(own.id, facts), own.shown)
  if (own.id === '')
    return { outcome: 'unknown', found: 'no os-release and no release file', evidence: shown }
  const entry = Object.entries(listed).find(([name]) => isCalled(name, own))
  if (entry === undefined) return judgeRelative({ listed, own }, facts)
  const position = positionIn(entry[1], own.version)
  switch (position) {
    case 'inside':
      return { outcome: 'pass', found: own.shown, evidence: shown }
    case 'outside':
      return {
        outcome: 'fail',
        found: `${own.shown}, which is not in ${entry[1].join(', ')}`,
        evidence: shown,
      }
    case 'undecided':
      return { outcome: 'unknown', found: `${own.shown}: the point release cannot be told`, evidence: shown }
    default:
      return position satisfies never
  }
}

/** A distribution that is not listed, whose ID_LIKE may name one that is. */
function judgeRelative(
  what: { readonly listed: Listed; readonly own: Distribution },
  facts: HostFacts,
): Verdict {
  const { listed, own } = what
  const relative = Object.entries(listed).find(([name]) =>
    facts.operatingSystem.idLike.some((id) => isCalled(name, { id, name: id })),
  )
  const kinship =
    relative === undefined
      ? ''
      : positionIn(relative[1], own.version) === 'inside'
        ? `; it is like ${relative[0]}, whose ${own.version?.join('.') ?? ''} is listed`
        : `; it is like ${relative[0]}, of which ${relative[1].join(', ')} are listed`
  return {
    outcome: 'fail',
    found: `${own.shown}, which is not on the list${kinship}`,
    evidence: evidence(sourceOf(own.id, facts), own.shown),
  }
}

function positionIn(ranges: readonly string[], version: Version | null): 'inside' | 'outside' | 'undecided' {
  if (version === null) return 'undecided'
  const positions = ranges.map((range) => inRange(version, parseVersionRange(range)))
  if (positions.includes('inside')) return 'inside'
  return positions.includes('undecided') ? 'undecided' : 'outside'
}

function isCalled(name: string, own: Pick<Distribution, 'id' | 'name'>): boolean {
  const ids = idsByName[name]
  if (ids !== undefined) return ids.includes(own.id)
  return [own.id, own.name.toLowerCase()].includes(name.toLowerCase())
}

/** Which distribution this is, and as exactly as its files say: os-release of Debian and CentOS has no point release. */
export function identify(facts: HostFacts): Distribution {
  const os = facts.operatingSystem
  const release = os.releaseFile?.content ?? ''
  const pointRelease = /release (\d+(?:\.\d+)*)/.exec(release)?.[1] ?? null
  const id = os.id === '' ? idOfReleaseFile(release) : isStream(facts) ? 'centos-stream' : os.id
  const name = nameOf(id, facts)
  const text = exactVersion({ id, pointRelease }, facts)
  return { id, name, version: parseVersion(text), shown: `${name} ${text}`.trim() }
}

function exactVersion(
  what: { readonly id: string; readonly pointRelease: string | null },
  facts: HostFacts,
): string {
  const os = facts.operatingSystem
  if (what.id === 'debian' && os.debianVersion !== null && parseVersion(os.debianVersion) !== null)
    return os.debianVersion
  const coarse = os.versionId === '' || !os.versionId.includes('.')
  return coarse && what.pointRelease !== null && what.id !== 'amzn' ? what.pointRelease : os.versionId
}

/** CentOS Stream calls itself centos and has no point releases: it runs ahead of the list. */
function isStream(facts: HostFacts): boolean {
  const os = facts.operatingSystem
  return os.id === 'centos' && /stream/i.test(`${os.name} ${os.releaseFile?.content ?? ''}`)
}

function idOfReleaseFile(content: string): string {
  const starts = [
    ['CentOS', 'centos'],
    ['Red Hat Enterprise', 'rhel'],
    ['Oracle', 'ol'],
    ['Amazon', 'amzn'],
    ['SUSE', 'sles'],
  ] as const
  return starts.find(([start]) => content.startsWith(start))?.[1] ?? ''
}

function nameOf(id: string, facts: HostFacts): string {
  const known = Object.entries(idsByName).find(([, ids]) => ids.includes(id))?.[0]
  return known ?? (facts.operatingSystem.name || id)
}

function sourceOf(id: string, facts: HostFacts): string {
  const file = id === 'debian' ? '/etc/debian_version' : facts.operatingSystem.releaseFile?.path
  return ['cat /etc/os-release', file].filter(Boolean).join(' ')
}
