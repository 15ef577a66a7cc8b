import { isIP } from 'node:net'
import { parseCidr } from '../cidr.ts'
import { isHostname, multicastProblem, parseNetworkSet } from '../network-set.ts'
import { parseServicePort } from '../service-ports.ts'
import { tagProblem } from '../tags/tag.ts'
import type { TagExpression } from '../tags/tag-expression.ts'

// The sentences are those of the vendor's Console: clients match on them.

export function tagsProblem(_attribute: string, value: unknown): string | undefined {
  return firstProblem((value as TagExpression).flat(), tagProblem)
}

export function emptyExpression(_attribute: string, value: unknown): string | undefined {
  return (value as TagExpression).length === 0
    ? 'Expression must contain at least one sub-expression'
    : undefined
}

export function emptySubExpression(_attribute: string, value: unknown): string | undefined {
  const isEmpty = (value as TagExpression).some((tags) => tags.length === 0)
  return isEmpty ? 'Sub-expression must not be empty' : undefined
}

export function repeatedTag(_attribute: string, value: unknown): string | undefined {
  for (const tags of value as TagExpression) {
    const twice = firstRepeated(tags)
    if (twice !== undefined) return `Duplicate tag in a sub-expression: '${twice.value}'`
  }
  return undefined
}

export function repeatedSubExpression(_attribute: string, value: unknown): string | undefined {
  const twice = firstRepeated((value as TagExpression).map((tags) => JSON.stringify([...tags].sort())))
  return twice === undefined ? undefined : 'Duplicate equivalent sub-expressions found'
}

interface Rule {
  readonly action: string
  readonly object: TagExpression
  readonly protocolPorts: readonly string[]
}

/** Two rules are the same when they do the same, whatever they are called. */
export function repeatedRule(_attribute: string, value: unknown): string | undefined {
  const rules = (value as readonly Rule[]).map(({ action, object, protocolPorts }) =>
    JSON.stringify([
      action,
      object.map((tags) => JSON.stringify([...tags].sort())).sort(),
      protocolPorts.map((port) => port.toLowerCase()).sort(),
    ]),
  )
  const twice = firstRepeated(rules)
  if (twice === undefined) return undefined
  return `Duplicate network rules at the following indexes: [${twice.first + 1}, ${twice.second + 1}]`
}

export function servicePortsProblem(attribute: string, value: unknown): string | undefined {
  const ports = value as readonly string[]
  const twice = firstRepeated(ports.map((port) => port.toLowerCase()))
  if (twice !== undefined) return `duplicate port: '${ports[twice.second] ?? ''}'`
  return firstProblem(ports, (text) => {
    const port = parseServicePort(text)
    // Complaints about ports name the ports; the vendor names the attribute.
    if (!port.ok) return port.problem.replace(/^'.*' (must be|left bound)/, `Attribute '${attribute}' $1`)
    if (port.value.kind === 'any' && ports.length > 1) {
      return `Protocol '${text}' cannot be used with other protocols`
    }
    return undefined
  })
}

export function networksOrHostnamesProblem(attribute: string, value: unknown): string | undefined {
  const entries = value as readonly string[]
  return networksProblem(
    attribute,
    entries.filter((entry) => !isHostname(entry)),
  )
}

export function networksProblem(_attribute: string, value: unknown): string | undefined {
  const set = parseNetworkSet(value as readonly string[])
  return set.ok ? undefined : set.problem
}

export function udpNetworksProblem(_attribute: string, value: unknown): string | undefined {
  const set = parseNetworkSet(value as readonly string[])
  return set.ok ? multicastProblem(set.value) : set.problem
}

export function networksOrAddressesProblem(attribute: string, value: unknown): string | undefined {
  return firstProblem(value as readonly string[], (text) =>
    text === '' || isIP(text) !== 0 || parseCidr(text).ok
      ? undefined
      : `Value '${text}' of attribute '${attribute}' must be an IP address`,
  )
}

function firstProblem(
  texts: readonly string[],
  check: (text: string) => string | undefined,
): string | undefined {
  for (const text of texts) {
    const complaint = check(text)
    if (complaint !== undefined) return complaint
  }
  return undefined
}

function firstRepeated(
  values: readonly string[],
): { readonly value: string; readonly first: number; readonly second: number } | undefined {
  const seen = new Map<string, number>()
  for (const [second, value] of values.entries()) {
    const first = seen.get(value)
    if (first !== undefined) return { value, first, second }
    seen.set(value, second)
  }
  return undefined
}
