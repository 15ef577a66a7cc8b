import { parseAudience } from '../audience.ts'
import { parseCidr } from '../cidr.ts'
import { parseGoDuration } from '../go-duration.ts'
import { overlap, parsePortRange, type PortRange } from '../ports.ts'
import { metadataProblem, organizationalMetadataProblem, tagProblem, userTagProblem } from '../tags/tag.ts'
import { authorityProblem, certificatesProblem, pemProblem } from './certificate-validations.ts'
import { parseAuthSubject } from '../tags/auth-tags.ts'
import type { ValidationName } from './definition.ts'
import {
  emptyExpression,
  emptySubExpression,
  networksOrAddressesProblem,
  networksOrHostnamesProblem,
  networksProblem,
  repeatedRule,
  repeatedSubExpression,
  repeatedTag,
  servicePortsProblem,
  tagsProblem,
  udpNetworksProblem,
} from './policy-validations.ts'

/** Says what is wrong with the value of an attribute, or undefined. The value already has its type. */
export type Validation = (attribute: string, value: unknown) => string | undefined

const semver = /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/

// The sentences are those of the vendor's Console, misspelling included: clients match on them.
const durationProblem: Validation = (attribute, value) =>
  parseGoDuration(String(value)).ok
    ? undefined
    : `Attribute '${attribute}' must be valid duration (examaple: 1h or 30s)`

const each =
  (check: (text: string) => string | undefined): Validation =>
  (_attribute, value) => {
    for (const text of value as string[]) {
      const complaint = check(text)
      if (complaint !== undefined) return complaint
    }
    return undefined
  }

const portsProblem: Validation = (attribute, value) => {
  for (const text of value as string[]) {
    const range = parsePortRange(text)
    if (!range.ok) return range.problem.replace(`'${text}'`, `Attribute '${attribute}'`)
  }
  return undefined
}

interface PortsOfProtocol {
  readonly protocol: number
  readonly targetPorts: readonly string[]
}

const servicesProblem: Validation = (_attribute, value) => {
  const seen = new Map<number, PortRange[]>()
  for (const { protocol, targetPorts } of value as PortsOfProtocol[]) {
    const taken = seen.get(protocol) ?? []
    seen.set(protocol, taken)
    for (const text of targetPorts) {
      const range = parsePortRange(text)
      if (!range.ok) continue // The list's own validation says so.
      if (taken.some((other) => overlap(range.value, other))) {
        return text.includes(':')
          ? 'Port range overlaps with another port'
          : 'Port overlaps with another port'
      }
      taken.push(range.value)
    }
  }
  return undefined
}

export const validations: Readonly<Record<ValidationName, Validation>> = {
  atLeastOneSubExpression: emptyExpression,
  apiAuthSubject: (_attribute, value) => {
    const subject = parseAuthSubject(value as string[][])
    return subject.ok ? undefined : subject.problem
  },
  audience: (attribute, value) => {
    if (value === '') return undefined
    const audience = parseAudience(String(value))
    return audience.ok ? undefined : `Attribute '${attribute}' is invalid: ${audience.problem}`
  },
  caPem: authorityProblem,
  cidrSet: networksProblem,
  metadata: each(metadataProblem),
  networksOrHostnames: networksOrHostnamesProblem,
  noDuplicateRules: repeatedRule,
  noDuplicateSubExpressions: repeatedSubExpression,
  noDuplicateTagsInEachSubExpression: repeatedTag,
  optionalCidrs: (attribute, value) =>
    (value as string[]).every((text) => parseCidr(text).ok)
      ? undefined
      : `Attribute '${attribute}' must be a CIDR`,
  optionalCidrOrIpList: networksOrAddressesProblem,
  optionalTimeDuration: (attribute, value) => (value === '' ? undefined : durationProblem(attribute, value)),
  organizationalMetadata: each(organizationalMetadataProblem),
  pem: pemProblem,
  pemCertificates: certificatesProblem,
  ports: portsProblem,
  processingUnitServices: servicesProblem,
  semver: (_attribute, value) =>
    value === '' || semver.test(String(value))
      ? undefined
      : `invalid semver ${String(value)}: it is not x.y.z`,
  servicePorts: servicePortsProblem,
  subExpressionsNotEmpty: emptySubExpression,
  syslogEndpoint: (attribute, value) =>
    value === '' || /^(udp|tcp|tls):\/\//.test(String(value))
      ? undefined
      : `Attribute '${attribute}' is not a valid syslog endpoint`,
  tags: each(tagProblem),
  tagsExpression: tagsProblem,
  tagsWithoutReservedPrefixes: each(userTagProblem),
  timeDuration: durationProblem,
  udpCidrSet: udpNetworksProblem,
}
