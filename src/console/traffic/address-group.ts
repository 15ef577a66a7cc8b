import { isIPv6 } from 'node:net'

/** What counts as one address: of IPv6 the network, because a host there has as many addresses as it likes. */
export function addressGroup(address: string): string {
  if (!isIPv6(address)) return address
  const [before = '', after = ''] = address.split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === '' ? [] : after.split(':')
  const zeros = address.includes('::') ? Array.from({ length: 8 - head.length - tail.length }, () => '0') : []
  const network = [...head, ...zeros, ...tail].slice(0, 4)
  return `${network.map((part) => Number.parseInt(part, 16).toString(16)).join(':')}::/64`
}
