import { protocolNumber } from './ip-protocols.ts'
import { parsed, problem, type Parsed } from './parsed.ts'
import { parsePortRange, type PortRange } from './ports.ts'

/** Codes of ICMP are ranges as ports are, from 0 to 255. */
export type ServicePort =
  | { readonly kind: 'any' }
  | { readonly kind: 'ports'; readonly protocol: number; readonly ports: readonly PortRange[] }
  | {
      readonly kind: 'icmp'
      readonly protocol: number
      /** Absent: every type. */
      readonly type?: number
      /** Empty: every code. */
      readonly codes: readonly PortRange[]
    }
  | { readonly kind: 'protocol'; readonly protocol: number }

/**
 * Reads `any`, `tcp/443`, `udp/53:60`, `tcp/80,443`, `icmp`, `icmp/8`, `icmp6/1/0,3:5` or the name of another
 * protocol. What is wrong reads as the vendor's Console says it.
 */
export function parseServicePort(text: string): Parsed<ServicePort> {
  if (text.toLowerCase() === 'any') return parsed({ kind: 'any' })
  const { name, rest } = split(text)
  const protocol = protocolNumber(name)
  if (protocol === undefined) return problem(`'${name}' is not a valid protocol`)
  if (name === 'TCP' || name === 'UDP') return parsePorts(rest, { protocol, name })
  if (name === 'ICMP' || name === 'ICMP6' || name === 'IPV6-ICMP') return parseIcmp(rest, { protocol, name })
  return rest === undefined
    ? parsed({ kind: 'protocol', protocol })
    : problem(`Protocol '${name}' cannot be used with ports`)
}

interface Named {
  readonly protocol: number
  readonly name: string
}

/** One protocol has a slash in its own name. */
function split(text: string): { readonly name: string; readonly rest: string | undefined } {
  const upper = text.toUpperCase()
  const at = upper.startsWith('A/N') ? text.indexOf('/', 3) : text.indexOf('/')
  return at < 0 ? { name: upper, rest: undefined } : { name: upper.slice(0, at), rest: text.slice(at + 1) }
}

function parsePorts(text: string | undefined, { protocol, name }: Named): Parsed<ServicePort> {
  if (text === undefined) return problem(`Protocol '${name}' cannot be used without ports`)
  const ports: PortRange[] = []
  for (const part of text.split(',')) {
    const range = parsePortRange(part)
    if (!range.ok) return range
    ports.push(range.value)
  }
  return parsed({ kind: 'ports', protocol, ports })
}

function parseIcmp(text: string | undefined, { protocol, name }: Named): Parsed<ServicePort> {
  if (text === undefined) return parsed({ kind: 'icmp', protocol, codes: [] })
  if (text === '') return problem(`Protocol '${name}' has missing type/code information`)
  const [typeText = '', ...more] = text.split('/')
  const type = parseByte(typeText, name)
  if (!type.ok) return type
  const codes: PortRange[] = []
  for (const part of more.length === 0 ? [] : more.join('/').split(',')) {
    const range = parseCodes(part, name)
    if (!range.ok) return range
    codes.push(range.value)
  }
  return parsed({ kind: 'icmp', protocol, type: type.value, codes })
}

function parseCodes(text: string, name: string): Parsed<PortRange> {
  const [left = '', ...right] = text.split(':')
  const from = parseByte(left, name)
  if (!from.ok) return from
  if (right.length === 0) return parsed({ from: from.value, to: from.value })
  const to = parseByte(right.join(':'), name)
  if (!to.ok) return to
  if (from.value >= to.value) return problem(`Protocol '${name}' has invalid code range order`)
  return parsed({ from: from.value, to: to.value })
}

function parseByte(text: string, name: string): Parsed<number> {
  const prefix = `Protocol '${name}' has invalid type notation: '${text}'`
  if (!/^\d{1,6}$/.test(text)) return problem(`${prefix} is not a valid number`)
  const number = Number(text)
  return number <= 255 ? parsed(number) : problem(`${prefix} should be between 0 and 255`)
}
