/** Ansible's grammar of host names, addresses and ports, with or without ranges such as `[01:50]`. */

const numeric = String.raw`\[\d+:\d+(?::\d+)?\]`
const hexadecimal = String.raw`\[[0-9a-f]+:[0-9a-f]+(?::\d+)?\]`
const lettered = String.raw`\[(?:[a-z]:[a-z]|\d+:\d+)(?::\d+)?\]`
const six = `(?:[0-9a-f]{1,4}|${hexadecimal})`
const four = String.raw`(?:[01]?\d{1,2}|2[0-4]\d|25[0-5]|${numeric})`
const character = String.raw`[\p{L}\p{N}_]`
const label = String.raw`(?:${character}|${lettered})(?:${character}|-|${lettered})*(?<![_-])`

const ipv4 = new RegExp(String.raw`^(?:${four}\.){3}${four}$`, 'i')
const ipv6 = new RegExp(
  [
    `^(?:${six}:){7}${six}`,
    `^(?:${six}:){1,6}:`,
    ...[6, 5, 4, 3, 2].map((most, at) => `^(?:${six}:){${at + 1}}(?::${six}){1,${most}}`),
    `^(?:${six}:){6}(?::${six})`,
    `^:(?::${six}){1,6}`,
    `^${six}?::`,
    String.raw`^(?:0:){6}(?:${six}\.){3}${six}`,
    String.raw`^::(?:ffff:)?(?:${six}\.){3}${six}`,
    String.raw`^(?:0:){5}ffff:(?:${six}\.){3}${six}`,
  ]
    .map((form) => `${form}$`)
    .join('|'),
  'i',
)
const hostname = new RegExp(String.raw`^${label}(?:\.${label})*$`, 'iu')
const bracketed = /^\[(.+)\]:(\d+)$/
const withPort = /^((?:[^:[\]]|\[[^\]]*\])*):(\d+)$/

export interface AddressPattern {
  readonly host: string
  readonly port?: number
}

/** Takes a port off; undefined when the rest is neither an address nor a name, with ranges or without. */
export function parseAddressPattern(text: string): AddressPattern | undefined {
  let [host, port] = [text, undefined as number | undefined]
  for (const form of [bracketed, withPort]) {
    const match = form.exec(host)
    if (match !== null) [host, port] = [match[1] ?? '', Number(match[2])]
  }
  if (![ipv4, ipv6, hostname].some((form) => form.test(host))) return undefined
  return { host, ...(port === undefined ? {} : { port }) }
}

/** The hosts of a line of an inventory, or what is wrong with it. */
export type HostNames =
  { readonly names: readonly string[]; readonly port?: number | undefined } | { readonly problem: string }

/** Nobody has so many; somebody may have typed a digit too many. */
const mostHosts = 100_000

/** Spells `web[01:50].example.com:2222` out. What is no address to Ansible is a name as it stands. */
export function expandHosts(text: string): HostNames {
  const { host, port } = parseAddressPattern(text) ?? { host: text, port: undefined }
  if (text.endsWith(':') && port === undefined) return { problem: 'a name cannot end with ":"' }
  if (host === '---') return { problem: '"---" begins a YAML file, not a host' }
  const names = expand(host)
  return typeof names === 'string' ? { problem: names } : { names, port }
}

function expand(host: string): readonly string[] | string {
  const [, head = '', within, tail = ''] = /^([^[]*)\[([^\]]*)\](.*)$/s.exec(host) ?? []
  if (within === undefined) return host.includes('[') ? `"${host}" has a [ without a ]` : [host]
  const members = membersOf(within)
  if (typeof members === 'string') return members
  const tails = expand(tail)
  if (typeof tails === 'string') return tails
  if (members.length * tails.length > mostHosts) return `"${host}" stands for more than ${mostHosts} hosts`
  return members.flatMap((member) => tails.map((rest) => head + member + rest))
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
/** `[01:50]`, `[:50]`, `[a:f]`, each with a step or without. */
const range = /^(?:(\d*):(\d+)|([a-zA-Z]):([a-zA-Z]))(?::0*([1-9]\d*))?$/

function membersOf(text: string): readonly string[] | string {
  const match = range.exec(text)
  if (match === null) return `"[${text}]" is not a range such as [01:50], [a:f] or [0:20:2]`
  const [, from, to, first, last, step = '1'] = match
  if (first !== undefined) return lettersOf([first, last ?? ''], Number(step))
  return numbersOf([from === '' || from === undefined ? '0' : from, to ?? ''], Number(step))
}

function lettersOf([from, to]: readonly [string, string], step: number): readonly string[] | string {
  const [first, last] = [letters.indexOf(from), letters.indexOf(to)]
  if (first > last) return `"[${from}:${to}]" begins after its end`
  return count([first, last], step).map((at) => letters[at] ?? '')
}

/** Padded with zeros where the beginning is. */
function numbersOf([from, to]: readonly [string, string], step: number): readonly string[] | string {
  const isPadded = /^0./.test(from)
  if (isPadded && from.length !== to.length)
    return `"[${from}:${to}]" has a beginning and an end of different lengths`
  return count([Number(from), Number(to)], step).map((number) =>
    isPadded ? String(number).padStart(from.length, '0') : String(number),
  )
}

/** One more than is allowed is enough to tell that there are too many. */
function count([from, to]: readonly [number, number], step: number): number[] {
  const length = Math.min(Math.max(0, Math.floor((to - from) / step) + 1), mostHosts + 1)
  return Array.from({ length }, (_, at) => from + at * step)
}
