import { parseCidr, type Cidr } from './cidr.ts'
import { parsed, problem, type Parsed } from './parsed.ts'

/** Networks to include, and after a `!` those to leave out again. */
export interface NetworkEntry {
  readonly text: string
  readonly excluded: boolean
  readonly network: Cidr
}

const hostname = /^(\*\.)?[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}(\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*[._]?$/

/** True for what external networks take as a name; `*.example.com` is one, and so is a bare IPv4 address. */
export function isHostname(text: string): boolean {
  return hostname.test(text)
}

/**
 * Reads a set of networks: no network twice, and what is left out lies within something included. What is
 * wrong reads as the vendor's Console says it.
 */
export function parseNetworkSet(texts: readonly string[]): Parsed<readonly NetworkEntry[]> {
  const entries = new Map<string, NetworkEntry>()
  for (const text of texts) {
    const excluded = text.startsWith('!')
    const network = parseCidr(excluded ? text.slice(1) : text)
    if (!network.ok) return problem(`${text} is not a valid CIDR`)
    const key = keyOf(network.value, network.value.prefixLength)
    if (entries.has(key)) return problem(`CIDR subnet parsed from ${text} is duplicated`)
    entries.set(key, { text, excluded, network: network.value })
  }
  const lost = [...entries.values()].find((entry) => entry.excluded && !hasIncludedAround(entry, entries))
  return lost === undefined
    ? parsed([...entries.values()])
    : problem(`${lost.text} is not contained in any CIDR`)
}

/** One look per possible prefix: lists are as long as a client likes. */
function hasIncludedAround({ network }: NetworkEntry, entries: ReadonlyMap<string, NetworkEntry>): boolean {
  for (let length = network.prefixLength - 1; length >= 0; length--) {
    if (entries.get(keyOf(network, length))?.excluded === false) return true
  }
  return false
}

const multicast = ['224.0.0.0/4', 'ff00::/8'].flatMap((text) => {
  const cidr = parseCidr(text)
  return cidr.ok ? [cidr.value] : []
})

/** What is wrong with networks for UDP, or undefined: multicast must not be among them. */
export function multicastProblem(entries: readonly NetworkEntry[]): string | undefined {
  const rule = 'should not be included in UDP target networks'
  for (const range of multicast) {
    const inside = entries.filter((entry) => !entry.excluded && contains(range, entry.network))
    if (inside.length > 0) {
      return `The CIDR [${inside.map(({ text }) => text).join(' ')}] are multicast subnets, ${rule}`
    }
    const closest = closestAround(range, entries)
    if (closest?.excluded === false) return `The CIDR ${closest.text} includes multicast subnets, ${rule}`
  }
  return undefined
}

function closestAround(range: Cidr, entries: readonly NetworkEntry[]): NetworkEntry | undefined {
  return entries
    .filter((entry) => contains(entry.network, range))
    .sort((one, other) => other.network.prefixLength - one.network.prefixLength)[0]
}

/** Whether `inner` lies in `outer`, or is the same. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  const { family, prefixLength } = outer
  if (family !== inner.family || prefixLength > inner.prefixLength) return false
  return keyOf(outer, prefixLength) === keyOf(inner, prefixLength)
}

/** Names the network of that length around an address. */
function keyOf({ address, family }: Cidr, length: number): string {
  const size = family === 'ipv4' ? 32n : 128n
  const bits = family === 'ipv4' ? bitsOfIpv4(address) : bitsOfIpv6(address)
  return `${family}/${length}/${bits >> (size - BigInt(length))}`
}

function bitsOfIpv4(address: string): bigint {
  return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
}

function bitsOfIpv6(address: string): bigint {
  const plain = address.replace(/\d+\.\d+\.\d+\.\d+$/, (ipv4) => {
    const bits = bitsOfIpv4(ipv4)
    return `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`
  })
  const [head = '', tail] = plain.split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const after = groups(tail ?? '')
  const before = groups(head)
  const gap = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...gap, ...after].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}
