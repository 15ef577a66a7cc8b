import { lookup, resolveCname } from 'node:dns/promises'
import { isIP, SocketAddress } from 'node:net'
import { networkInterfaces } from 'node:os'
import { listCovers } from '../patterns.ts'
import { configError } from './config-error.ts'
import type { Settings } from './settings.ts'

const maxAliases = 8

/**
 * The name that a host's name stands for: addresses in their usual form always, names looked up in the
 * CanonicalDomains when CanonicalizeHostname asks for it, aliases of the DNS followed as far as
 * CanonicalizePermittedCNAMEs lets them be.
 */
export async function canonicalName(name: string, settings: Settings): Promise<string> {
  const address = usualAddress(name)
  const family = familyOf(settings)
  if (address !== undefined && [0, isIP(address.replace(/%.*/, ''))].includes(family))
    return address.toLowerCase() === name.toLowerCase() ? name : address
  if (looksLikeAddress(name)) return name
  const lower = name.toLowerCase()
  const found = await inDomains(lower, settings)
  if (found !== undefined) return found
  const mayFollow = hasCnameRules(settings) && isLookedUp(settings) && isAsked(settings)
  return mayFollow && (await isThere(lower, settings)) ? followed(lower, settings) : lower
}

/** An address as it is written usually; `undefined` for a name. */
export function usualAddress(text: string): string | undefined {
  const [plain = '', scope] = text.split('%')
  if (isIP(plain) === 6) {
    if (scope !== undefined && !Object.hasOwn(networkInterfaces(), scope)) return undefined
    const { address } = new SocketAddress({ address: plain, family: 'ipv6' })
    return scope === undefined ? address : `${address}%${scope}`
  }
  return looseIpv4(text)
}

/** `127.1`, `0x7f.0.0.1` and `2130706433` are addresses to the system, too. */
function looseIpv4(text: string): string | undefined {
  const parts = text.split('.').map((part) => partOf(part))
  const last = parts.pop()
  if (last === undefined || parts.length > 3 || parts.some((part) => !(part <= 255))) return undefined
  if (!(last < 256 ** (4 - parts.length))) return undefined
  const [high = 0, middle = 0, low = 0] = parts
  const value = high * 256 ** 3 + middle * 256 ** 2 + low * 256 + last
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

function partOf(text: string): number {
  if (/^0x[0-9a-f]+$/i.test(text)) return Number.parseInt(text, 16)
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8)
  return /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN
}

function looksLikeAddress(text: string): boolean {
  return /[%:]/.test(text) || /^[\d.]+$/.test(text)
}

function isAsked(settings: Settings): boolean {
  return (settings.word('canonicalizehostname') ?? 'no') !== 'no'
}

/** Names behind a proxy are the proxy's business, unless asked for. */
function isLookedUp(settings: Settings): boolean {
  return settings.word('canonicalizehostname') === 'always' || isDirect(settings)
}

function isDirect(settings: Settings): boolean {
  const proxies = [settings.word('proxycommand'), settings.word('proxyjump')]
  return proxies.every((proxy) => proxy === undefined || proxy.toLowerCase() === 'none')
}

async function inDomains(name: string, settings: Settings): Promise<string | undefined> {
  if (!isAsked(settings) || !isLookedUp(settings)) return undefined
  const names = candidates(name, settings)
  if (names === undefined) return undefined
  for (const candidate of names)
    if (await isThere(`${candidate}.`, settings)) return followed(candidate, settings)
  const fallback = settings.at('canonicalizefallbacklocal')
  if (fallback?.words[0] !== 'no') return undefined
  const problem = `${name} is in none of the CanonicalDomains, and may not be looked up otherwise`
  throw configError(fallback.place, problem)
}

/** Names to look up for a name; `undefined` when it has enough dots to be a whole one. */
function candidates(name: string, settings: Settings): string[] | undefined {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const dots = name.split('.').length - 1
  if (dots > (settings.number('canonicalizemaxdots') ?? 1)) return undefined
  const domains = settings.words('canonicaldomains') ?? []
  return domains.filter((domain) => domain !== 'none').map((domain) => `${name}.${domain}`)
}

/** The family of addresses to look for: AddressFamily, or either. */
export function familyOf(settings: Settings): 0 | 4 | 6 {
  const word = settings.word('addressfamily')
  if (word === 'inet') return 4
  return word === 'inet6' ? 6 : 0
}

async function isThere(name: string, settings: Settings): Promise<boolean> {
  return lookup(name, { family: familyOf(settings) }).then(
    () => true,
    () => false,
  )
}

function hasCnameRules(settings: Settings): boolean {
  const rules = settings.words('canonicalizepermittedcnames') ?? []
  return rules.length > 0 && rules[0] !== 'none'
}

/** The end of a chain of aliases, when a rule permits to go from the name to it. */
async function followed(name: string, settings: Settings): Promise<string> {
  if (!hasCnameRules(settings)) return name
  const rules = settings.words('canonicalizepermittedcnames') ?? []
  const target = await endOfAliases(name)
  const permitted = rules.some((rule) => {
    const [from = '', to = ''] = rule === '*' ? ['*', '*'] : rule.split(/:(.*)/s)
    return listCovers(from.split(','), name) && listCovers(to.split(','), target)
  })
  return permitted ? target : name
}

async function endOfAliases(name: string): Promise<string> {
  let target = name
  for (let step = 0; step < maxAliases; step += 1) {
    const [next] = await resolveCname(target).catch(() => [])
    if (next === undefined) break
    target = next.toLowerCase().replace(/\.$/, '')
  }
  return target
}
