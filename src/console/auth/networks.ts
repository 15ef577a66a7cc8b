import { BlockList, isIPv4 } from 'node:net'
import { parseCidr } from '../../contract/cidr.ts'
import { refuse } from '../refused-request.ts'

/** `10.0.0.1` for `::ffff:10.0.0.1`: a socket that takes both families shows the former like this. */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  return mapped?.[1] ?? address
}

/** True when the address is in one of the networks. No networks means no restriction. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  if (networks.length === 0) return true
  const list = new BlockList()
  for (const text of networks) {
    const cidr = parseCidr(text)
    if (cidr.ok) list.addSubnet(cidr.value.address, cidr.value.prefixLength, cidr.value.family)
  }
  return list.check(plainAddress(address), isIPv4(plainAddress(address)) ? 'ipv4' : 'ipv6')
}

/** True when each of the inner networks lies inside one of the outer ones. */
export function areWithinNetworks(inner: readonly string[], outer: readonly string[]): boolean {
  return inner.every((text) => outer.some((wider) => isWithin(text, wider)))
}

function isWithin(text: string, wider: string): boolean {
  const one = parseCidr(text)
  const other = parseCidr(wider)
  if (!one.ok || !other.ok || one.value.family !== other.value.family) return false
  return one.value.prefixLength >= other.value.prefixLength && isInNetworks(one.value.address, [wider])
}

/** Refuses with 403 a token that is not for the address it comes from. */
export function checkNetworks(address: string, networks: readonly string[]): void {
  if (!isInNetworks(address, networks)) throw refuse(403, `The token cannot be used from ${address}`)
}
