import { ApoctlError } from '../errors/apoctl-error.ts'

/** An IPv4 network; numbers are unsigned 32 bit. */
export interface Subnet {
  readonly base: number
  readonly prefix: number
}

/** Parses `10.77.0.0/24`; bits behind the prefix are dropped. Throws APO-INPUT-VALUE. */
export function parseSubnet(text: string): Subnet {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)
  const [bytes, prefix] = match ? [match.slice(1, 5).map(Number), Number(match[5])] : [[], Number.NaN]
  if (bytes.length !== 4 || bytes.some((byte) => byte > 255) || !(prefix <= 32)) {
    throw new ApoctlError(['APO-INPUT-VALUE', `"${text}" is no IPv4 network`], {
      hints: ['Write it like 10.77.0.0/24.'],
    })
  }
  const address = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  return { base: address - (address % sizeOf(prefix)), prefix }
}

export function formatSubnet(subnet: Subnet): string {
  return `${formatAddress(subnet.base)}/${subnet.prefix}`
}

/** The address `offset` places after the network's own. */
export function addressAt(subnet: Subnet, offset: number): string {
  return formatAddress(subnet.base + offset)
}

export function overlaps(one: Subnet, other: Subnet): boolean {
  return one.base < other.base + sizeOf(other.prefix) && other.base < one.base + sizeOf(one.prefix)
}

/** How many addresses the network has, its own and the broadcast address included. */
export function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix)
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}
