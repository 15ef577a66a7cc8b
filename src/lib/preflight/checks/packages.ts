import type { HostFacts } from '../facts/host-facts.ts'
import { evidence, whyUnknown, type Check, type CheckSources, type Verdict } from './check.ts'
import { installPackages } from './distribution-commands.ts'

/** One piece of software under the names that the families of distributions give it. */
interface PackageNames {
  /** In the order they are looked for. */
  readonly installed: readonly string[]
  readonly debian: readonly string[]
  readonly redHat: string
  readonly suse: string
  readonly alpine: string
  /** A program or library that proves it is there, however it came. */
  readonly proof: { readonly program: string } | { readonly library: string }
}

const packageNames: Readonly<Record<string, PackageNames>> = {
  'elfutils-libelf': {
    // libelf1t64: Debian and Ubuntu renamed it for 64-bit time on all architectures.
    installed: ['elfutils-libelf', 'libelf1', 'libelf1t64', 'libelf', 'elfutils'],
    debian: ['libelf1', 'libelf1t64'],
    redHat: 'elfutils-libelf',
    suse: 'libelf1',
    alpine: 'libelf',
    proof: { library: 'libelf' },
  },
  'conntrack-tools': {
    installed: ['conntrack-tools', 'conntrack'],
    debian: ['conntrack'],
    redHat: 'conntrack-tools',
    suse: 'conntrack-tools',
    alpine: 'conntrack-tools',
    proof: { program: 'conntrack' },
  },
  ipset: {
    installed: ['ipset'],
    debian: ['ipset'],
    redHat: 'ipset',
    suse: 'ipset',
    alpine: 'ipset',
    proof: { program: 'ipset' },
  },
}

/** Every name the collector should look up for these requirements. */
export function namesOfPackages(wanted: readonly string[]): string[] {
  return [...new Set(wanted.flatMap((name) => packageNames[name]?.installed ?? [name]))]
}

export function packageChecks(sources: CheckSources): Check[] {
  return (sources.linux.packages ?? []).map((name) => ({
    id: `linux.package.${name}`,
    title: `Package ${name}`,
    category: 'packages',
    severity: 'error',
    requirement: `${name} installed, under the name this distribution gives it`,
    hint: 'Install it with the package manager of the distribution.',
    evaluate: (facts) => judgePackage(name, facts),
  }))
}

function judgePackage(name: string, facts: HostFacts): Verdict {
  const { packages, packageManager } = facts.software
  const names = packageNames[name]?.installed ?? [name]
  const installed = names.find((one) => packages[one] !== undefined)
  if (installed !== undefined) {
    const found = `${installed} ${packages[installed] ?? ''}`
    return { outcome: 'pass', found, evidence: evidence(queryOf(installed, facts), found) }
  }
  const proof = proofOf(name, facts)
  if (proof !== null)
    return { outcome: 'pass', found: `${proof} is there`, evidence: evidence(`ls ${proof}`, proof) }
  if (packageManager === null)
    return { outcome: 'unknown', found: whyUnknown(facts, 'package.manager'), evidence: null }
  const own = nameHere(name, facts)
  const command = installPackages([own], facts)
  return {
    outcome: 'fail',
    found: `${own} is not installed`,
    evidence: evidence(queryOf(own, facts), 'not installed'),
    ...(command === null ? {} : { fix: { command, automatic: true } }),
  }
}

function proofOf(name: string, facts: HostFacts): string | null {
  const proof = packageNames[name]?.proof
  if (proof === undefined) return null
  return 'program' in proof
    ? (facts.software.programs[proof.program] ?? null)
    : (facts.software.libraries[proof.library] ?? null)
}

/** What this distribution calls it. */
function nameHere(name: string, facts: HostFacts): string {
  const names = packageNames[name]
  if (names === undefined) return name
  const { id, idLike, versionId } = facts.operatingSystem
  const family = [id, ...idLike]
  if (family.includes('debian') || family.includes('ubuntu')) {
    const since = id === 'ubuntu' ? 24 : 13
    const renamed = Number.parseInt(versionId, 10) >= since
    return (renamed ? names.debian.at(-1) : names.debian[0]) ?? name
  }
  if (family.some((one) => one.startsWith('sle') || one.includes('suse'))) return names.suse
  return id === 'alpine' ? names.alpine : names.redHat
}

function queryOf(name: string, facts: HostFacts): string {
  switch (facts.software.packageManager) {
    case 'dpkg':
      return `dpkg-query -W ${name}`
    case 'apk':
      return `apk info -v ${name}`
    default:
      return `rpm -q ${name}`
  }
}
