import type { EndpointFacts, HostFacts, Probe } from '../facts/host-facts.ts'
import { blamedOnClock } from './blamed-on-clock.ts'
import { evidence, type Check, type CheckSources, type Evidence, type Verdict } from './check.ts'

/** The name under which the collector tries a domain of the requirements. */
export function endpointOfDomain(domain: string): string {
  return `domain-${domain.replace(/[^A-Za-z0-9]/g, '-')}`
}

export function networkChecks(sources: CheckSources): Check[] {
  return [
    ...endpointChecks({ name: 'console', title: 'Console', asked: sources.console, flag: '--api' }, sources),
    ...(sources.packageHost
      ? endpointChecks({ name: 'packages', title: 'Package host', asked: true, flag: '--repo' }, sources)
      : []),
    ...(sources.linux.domains ?? []).map(domainCheck),
  ]
}

interface EndpointSubject {
  readonly name: string
  readonly title: string
  readonly asked: boolean
  /** The flag that would have made the host try it. */
  readonly flag: string
}

function endpointChecks(subject: EndpointSubject, sources: CheckSources): Check[] {
  const make = (step: Step): Check => ({
    id: `linux.network.${subject.name}.${step.id}`,
    title: `${subject.title}: ${step.title}`,
    category: 'network',
    severity: 'error',
    requirement: step.requirement,
    hint: step.hint,
    evaluate(facts) {
      const endpoint = facts.endpoints.find(({ name }) => name === subject.name)
      if (endpoint === undefined)
        return { outcome: 'skipped', found: `not tried: no ${subject.flag} was given`, evidence: null }
      return judgeStep({ step, endpoint }, sources)
    },
  })
  return steps.map(make)
}

interface Step {
  readonly id: 'resolve' | 'connect' | 'tls' | 'trust'
  readonly title: string
  readonly requirement: string
  readonly hint: string
}

const steps: readonly Step[] = [
  {
    id: 'resolve',
    title: 'name',
    requirement: 'the host resolves its name',
    hint: 'Correct /etc/resolv.conf or /etc/hosts of the host, or give an address.',
  },
  {
    id: 'connect',
    title: 'connection',
    requirement: 'the host reaches its port',
    hint: 'Allow outgoing TCP from the host to that address and port, in every firewall on the way.',
  },
  {
    id: 'tls',
    title: 'TLS',
    requirement: 'a TLS handshake completes',
    hint: 'Something on the way ends or breaks TLS, or another server listens on that port.',
  },
  {
    id: 'trust',
    title: 'certificate',
    requirement: 'the certificate is trusted and is for that name',
    hint: 'Give the authority with --api-cacert, or add it to the authorities of the host.',
  },
]

function judgeStep(
  what: { readonly step: Step; readonly endpoint: EndpointFacts },
  sources: CheckSources,
): Verdict {
  const { step, endpoint } = what
  const shown = evidenceOf(step.id, endpoint)
  const probe = probeOf(step.id, { endpoint, givenAuthority: sources.givenAuthority })
  if (probe === null)
    return { outcome: 'skipped', found: 'not tried: a step before it did not work', evidence: null }
  const address = `${endpoint.host}:${endpoint.port}`
  switch (probe.outcome) {
    case 'ok':
      return { outcome: 'pass', found: foundOf(step.id, { endpoint, probe }), evidence: shown }
    case 'failed':
      return {
        outcome: 'fail',
        found: `${address}: ${probe.detail}`,
        evidence: shown,
        ...(step.id === 'trust' ? blamedOnClock(endpoint, probe) : {}),
      }
    case 'unknown':
      return { outcome: 'unknown', found: probe.detail, evidence: shown }
    default:
      return probe.outcome satisfies never
  }
}

function probeOf(
  step: Step['id'],
  about: { readonly endpoint: EndpointFacts; readonly givenAuthority: boolean },
): Probe | null {
  const { endpoint } = about
  switch (step) {
    case 'resolve':
      return endpoint.resolve
    case 'connect':
      return endpoint.tcp
    case 'tls':
      return endpoint.tls
    case 'trust':
      return about.givenAuthority ? endpoint.trustGiven : endpoint.trustSystem
    default:
      return step satisfies never
  }
}

function foundOf(
  step: Step['id'],
  about: { readonly endpoint: EndpointFacts; readonly probe: Probe },
): string {
  const { endpoint, probe } = about
  if (step === 'resolve') return `${endpoint.host} is ${probe.detail}`
  if (step === 'connect') return `${endpoint.host}:${endpoint.port} answers`
  if (step === 'tls') return `spoken with ${endpoint.host}:${endpoint.port}`
  const issuer = endpoint.certificate.find((line) => line.startsWith('issuer'))
  return issuer === undefined ? 'trusted' : `trusted, ${issuer}`
}

function evidenceOf(step: Step['id'], endpoint: EndpointFacts): Evidence {
  const { host, port } = endpoint
  switch (step) {
    case 'resolve':
      return evidence(`getent ahosts ${host}`, detailOf(endpoint.resolve))
    case 'connect':
      return evidence(`timeout 5 bash -c '</dev/tcp/${host}/${port}'`, detailOf(endpoint.tcp))
    case 'tls':
    case 'trust':
      return evidence(
        `openssl s_client -connect ${host}:${port} -servername ${host} -verify_hostname ${host} </dev/null`,
        [detailOf(endpoint.tls), detailOf(endpoint.trustSystem), ...endpoint.certificate]
          .filter(Boolean)
          .join('; '),
      )
    default:
      return step satisfies never
  }
}

function detailOf(probe: Probe | null): string {
  return probe?.detail ?? ''
}

/** The guide asks for whole domains; what can be tried is a name, and a wildcard is none. */
function domainCheck(domain: string): Check {
  return {
    id: `linux.network.domain.${domain.replace(/^\*\./, '')}`,
    title: `Domain ${domain}`,
    category: 'network',
    severity: 'info',
    requirement: `TCP 443 to ${domain} allowed`,
    hint: `Add ${domain} to the allow lists of the firewalls between the host and the Internet.`,
    evaluate: (facts) => judgeDomain(domain, facts),
  }
}

function judgeDomain(domain: string, facts: HostFacts): Verdict {
  const wildcard = domain.startsWith('*.')
  const endpoint = facts.endpoints.find(({ name, host }) =>
    wildcard ? host.endsWith(domain.slice(1)) : name === endpointOfDomain(domain),
  )
  if (endpoint === undefined) {
    const found = wildcard ? 'not tried: a pattern names no host; --api tries the Console' : 'not tried'
    return { outcome: 'skipped', found, evidence: null }
  }
  const failed = [endpoint.resolve, endpoint.tcp].find((probe) => probe?.outcome === 'failed')
  const shown = evidenceOf('connect', endpoint)
  if (failed !== undefined && failed !== null)
    return { outcome: 'fail', found: failed.detail, evidence: shown }
  return endpoint.tcp?.outcome === 'ok'
    ? { outcome: 'pass', found: `${endpoint.host}:${endpoint.port} answers`, evidence: shown }
    : { outcome: 'unknown', found: endpoint.tcp?.detail ?? 'not tried', evidence: shown }
}
