import type { Endpoint } from './collect/build-script.ts'
import { collectHostFacts, type CollectContext } from './collect/collect-host-facts.ts'
import { checksFor } from './checks/all-checks.ts'
import type { Check } from './checks/check.ts'
import { endpointOfDomain } from './checks/network.ts'
import { namesOfPackages } from './checks/packages.ts'
import type { HostFacts } from './facts/host-facts.ts'
import { judgeHost, type HostPreflight } from './judge-host.ts'
import { equivalents } from './requirements/equivalents.ts'
import type { RequirementSet } from './requirements/requirement-set.ts'
import { selectChecks, type CheckSelection } from './select-checks.ts'

/** What hosts are judged by. The same for every host of a run. */
export interface PreflightCriteria {
  readonly set: RequirementSet
  readonly selection: CheckSelection
  /** Warnings fail too. */
  readonly strict: boolean
  /** The Console and the package host, as the host itself is to reach them. */
  readonly console?: { readonly host: string; readonly port: number } | undefined
  readonly packageHost?: { readonly host: string; readonly port: number } | undefined
  /** Authority of the Console, PEM, when the host's own are not to vouch for it. */
  readonly authoritiesPem?: string | undefined
}

export interface HostPreflightOptions extends PreflightCriteria {
  readonly host: string
  /** Most that the collector may take on the host; default 120 s. */
  readonly timeoutMs?: number | undefined
}

export interface JudgedHost {
  readonly preflight: HostPreflight
  readonly facts: HostFacts
}

const defaultTimeoutMs = 120_000
const probeTimeoutMs = 5000

/**
 * Checks one host: one round trip, nothing changed there. Throws what the transport throws, and
 * APO-HOST-ANSWER when the host does not run the collector.
 */
export async function preflightHost(
  options: HostPreflightOptions,
  context: CollectContext,
): Promise<JudgedHost> {
  const checks = checksOf(options)
  const facts = await collectFor(options, context)
  return { preflight: judgeHost(facts, { ...options, checks }), facts }
}

/** Gathers what these criteria are judged by. */
export function collectFor(options: HostPreflightOptions, context: CollectContext): Promise<HostFacts> {
  const { host, timeoutMs = defaultTimeoutMs, authoritiesPem } = options
  const asked = { ...askedOf(options.set), endpoints: endpointsOf(options) }
  return collectHostFacts({ host, timeoutMs, probeTimeoutMs, authoritiesPem, ...asked }, context)
}

/** The checks that these criteria ask. Throws APO-INPUT-VALUE for a selection that names none. */
export function checksOf(criteria: PreflightCriteria): readonly Check[] {
  const checks = checksFor(criteria.set, {
    console: criteria.console !== undefined,
    packageHost: criteria.packageHost !== undefined,
    givenAuthority: criteria.authoritiesPem !== undefined,
  })
  return selectChecks(checks, criteria.selection)
}

function endpointsOf(criteria: PreflightCriteria): Endpoint[] {
  const { console: consoleAddress, packageHost, set } = criteria
  const domains = (set.linux.domains ?? []).filter((domain) => !domain.includes('*'))
  return [
    ...(consoleAddress === undefined ? [] : [{ name: 'console', ...consoleAddress }]),
    ...(packageHost === undefined ? [] : [{ name: 'packages', ...packageHost }]),
    ...domains.map((domain) => ({ name: endpointOfDomain(domain), host: domain, port: 443 })),
  ]
}

/** What the collector looks up by name: what is required, and what may stand in for it. */
function askedOf(set: RequirementSet): { readonly modules: string[]; readonly packages: string[] } {
  const required = Object.keys(set.linux.kernelModules ?? {})
  const standIns = required.flatMap((name) => (equivalents[name] ?? []).map(({ module }) => module))
  return {
    modules: [...new Set([...required, ...standIns])].filter((name) => /^[\w-]+$/.test(name)),
    packages: namesOfPackages(set.linux.packages ?? []).filter((name) => /^[\w.+-]+$/.test(name)),
  }
}
