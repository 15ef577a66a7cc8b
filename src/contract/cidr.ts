import { isIP } from 'node:net'
import { parsed, problem, type Parsed } from './parsed.ts'

export interface Cidr {
  readonly address: string
  readonly prefixLength: number
  readonly family: 'ipv4' | 'ipv6'
}

/** Reads `10.0.0.0/8` or `fd00::/8`. A bare address is not a CIDR. */
export function parseCidr(text: string): Parsed<Cidr> {
  const [address = '', length = '', ...rest] = text.split('/')
  const version = isIP(address)
  const prefixLength = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
  const good = version !== 0 && rest.length === 0 && prefixLength <= (version === 4 ? 32 : 128)
  if (!good || address.includes('%')) return problem(`'${text}' is not a CIDR such as 10.0.0.0/8`)
  return parsed({ address, prefixLength, family: version === 4 ? 'ipv4' : 'ipv6' })
}
