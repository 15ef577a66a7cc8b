import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  algorithmsOf,
  withinTheLibrary,
  type AlgorithmFamily,
} from '../../src/lib/transports/ssh/algorithms.ts'
import type { ResolvedTarget } from '../../src/lib/transports/ssh/config/resolve-target.ts'
import type { HostSettings } from '../../src/lib/transports/ssh/host-settings.ts'

/** What `ssh -G` says about a host, by keyword; keywords that are printed several times have lines. */
export type Printed = Readonly<Record<string, string>>

export interface SshRun {
  readonly config: string
  readonly host: string
  /** More arguments: `-l user`, `-p 22`. */
  readonly options?: readonly string[]
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** Asks the real ssh; what it says when it refuses the configuration stands under `refused`. */
export async function sshPrints(run: SshRun): Promise<Printed> {
  const args = [...(run.config === '' ? [] : ['-F', run.config]), ...(run.options ?? []), '-G', run.host]
  try {
    const env = { ...run.environment }
    const { stdout } = await promisify(execFile)('ssh', args, { env, timeout: 30_000 })
    return linesOf(stdout)
  } catch (error) {
    return { refused: (error as { readonly stderr: string }).stderr }
  }
}

function linesOf(text: string): Printed {
  const printed: Record<string, string> = {}
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, keyword = '', value = ''] = /^(\S+) ?(.*)$/s.exec(line) ?? []
    const name = keyword.toLowerCase()
    printed[name] = printed[name] === undefined ? value : `${printed[name]}\n${value}`
  }
  return printed
}

/** The keywords that decide how we log in, as this host has them, in the spelling of `ssh -G`. */
export function apoctlPrints(resolved: ResolvedTarget, host: HostSettings): Printed {
  const { settings } = resolved
  const { route, trust, login } = host
  const flag = (keyword: Parameters<typeof settings.flag>[0], usual: 'yes' | 'no') =>
    settings.flag(keyword) === undefined ? usual : settings.flag(keyword) === true ? 'yes' : 'no'
  const word = (keyword: Parameters<typeof settings.word>[0], usual?: string) =>
    settings.word(keyword) ?? usual
  const several = (keyword: 'identityfile' | 'certificatefile') =>
    settings
      .every(keyword)
      .map(({ words: [one] }) => one)
      .join('\n')
  const jump = settings.words('proxyjump')
  const jumps = jump === undefined || jump[0] === 'none' ? undefined : jump.join(',')
  const command = settings.word('proxycommand')
  const printed = {
    user: host.user,
    hostname: host.hostName,
    port: String(host.port),
    addressfamily: { 0: 'any', 4: 'inet', 6: 'inet6' }[route.family],
    bindaddress: route.bindAddress,
    bindinterface: route.bindInterface,
    canonicalizefallbacklocal: flag('canonicalizefallbacklocal', 'yes'),
    canonicalizehostname: word('canonicalizehostname', 'no'),
    canonicalizemaxdots: word('canonicalizemaxdots', '1'),
    canonicaldomains: settings.words('canonicaldomains')?.join(' ') ?? 'none',
    canonicalizepermittedcnames: cnames(settings.words('canonicalizepermittedcnames')),
    checkhostip: trust.checksAddress ? 'yes' : 'no',
    compression: login.compression ? 'yes' : 'no',
    connectionattempts: String(route.attempts),
    connecttimeout: word('connecttimeout', 'none'),
    hashknownhosts: trust.hashesNames === true ? 'yes' : 'no',
    hostkeyalias: trust.keyNameHasPort ? undefined : trust.keyName,
    identityagent: agentOf(resolved, host),
    identitiesonly: login.identitiesOnly ? 'yes' : 'no',
    identityfile: several('identityfile') || undefined,
    certificatefile: several('certificatefile') || undefined,
    ignoreunknown: word('ignoreunknown'),
    kbdinteractiveauthentication: flag('kbdinteractiveauthentication', 'yes'),
    nohostauthenticationforlocalhost: flag('nohostauthenticationforlocalhost', 'no'),
    passwordauthentication: flag('passwordauthentication', 'yes'),
    preferredauthentications: word('preferredauthentications'),
    proxycommand: jumps !== undefined || command?.toLowerCase() === 'none' ? undefined : command,
    proxyjump: jumps === undefined ? undefined : withoutBrackets(jumps),
    pubkeyauthentication: word('pubkeyauthentication', 'yes'),
    requiredrsasize: String(login.minRsaBits),
    serveraliveinterval: word('serveraliveinterval'),
    serveralivecountmax: String(host.aliveCountMax),
    stricthostkeychecking: word('stricthostkeychecking', 'ask'),
    tcpkeepalive: route.tcpKeepAlive ? 'yes' : 'no',
    userknownhostsfile: trust.userFiles.join(' ') || 'none',
    globalknownhostsfile: settings.words('globalknownhostsfile')?.join(' ') ?? trust.globalFiles.join(' '),
    revokedhostkeys: trust.revokedKeysFile === undefined ? undefined : word('revokedhostkeys'),
    knownhostscommand: trust.unaskedCommand === undefined ? undefined : word('knownhostscommand'),
    ...algorithmLists(settings),
  }
  return Object.fromEntries(Object.entries(printed).filter(([, value]) => value !== undefined)) as Printed
}

const families = {
  kexalgorithms: 'kex',
  ciphers: 'cipher',
  macs: 'mac',
  hostkeyalgorithms: 'key',
  pubkeyacceptedalgorithms: 'key',
} as const satisfies Readonly<Record<string, AlgorithmFamily>>

function algorithmLists(settings: ResolvedTarget['settings']): Record<string, string> {
  const lists = Object.entries(families).map(([keyword, family]) => {
    const value = settings.word(keyword as keyof typeof families)
    return [keyword, ordered(algorithmsOf(value, family).join(','), { keyword, value })]
  })
  return Object.fromEntries(lists) as Record<string, string>
}

/**
 * Lists of algorithms as far as the library has them. Where nothing but `+` and `-` is said, versions of
 * OpenSSH differ in the order of their defaults and of what they have: what counts then is the set.
 */
function ordered(list: string, of: { readonly keyword: string; readonly value: string | undefined }): string {
  const family = families[of.keyword as keyof typeof families]
  const isWhole = of.keyword === 'pubkeyacceptedalgorithms'
  const names = list.split(',').filter((name) => name !== '')
  const kept = isWhole ? names : withinTheLibrary(names, family)
  const isSet = of.value === undefined || /^[+^-]/.test(of.value)
  return (isSet && of.keyword === 'ciphers' ? kept.sort() : kept).join(',')
}

/** The names that stand for themselves, or the path. */
function agentOf({ settings }: ResolvedTarget, host: HostSettings): string | undefined {
  const word = settings.word('identityagent')
  return word === undefined || /^(none|SSH_AUTH_SOCK|\$\w+)$/.test(word) ? word : host.login.agentSocket
}

function cnames(rules: readonly string[] | undefined): string {
  if (rules === undefined || rules[0] === 'none') return 'none'
  return rules.map((rule) => (rule === '*' ? '*:*' : rule)).join(' ')
}

/** Brings what ssh prints to the spelling and the choice of `apoctlPrints`, so that both can be compared. */
export function comparable(real: Printed, settings: ResolvedTarget['settings']): Printed {
  const kept: Record<string, string> = {}
  for (const keyword of compared) {
    const value = real[keyword]
    if (value === undefined || isDefault(keyword, { value, settings })) continue
    // Brackets stand around numbers, whether they were written or not.
    const plain =
      { true: 'yes', false: 'no' }[value] ?? (keyword === 'proxyjump' ? withoutBrackets(value) : value)
    kept[keyword] =
      keyword in families
        ? ordered(plain, { keyword, value: settings.word(keyword as keyof typeof families) })
        : plain
  }
  return kept
}

function withoutBrackets(hops: string): string {
  return hops.replaceAll(/[[\]]/g, '')
}

/** What ssh has as its own default and we have another one for, which the documentation says. */
function isDefault(
  keyword: string,
  about: { readonly value: string; readonly settings: ResolvedTarget['settings'] },
): boolean {
  const { settings } = about
  if (keyword === 'identityfile') return settings.every('identityfile').length === 0
  return keyword === 'serveraliveinterval' && settings.at('serveraliveinterval') === undefined
}

/** Every keyword that decides how we log in, and that `ssh -G` prints. */
export const compared = [
  'user hostname port addressfamily bindaddress bindinterface canonicalizefallbacklocal',
  'canonicalizehostname canonicalizemaxdots canonicaldomains canonicalizepermittedcnames checkhostip',
  'compression connectionattempts connecttimeout hashknownhosts hostkeyalias identityagent identitiesonly identityfile',
  'certificatefile ignoreunknown kbdinteractiveauthentication nohostauthenticationforlocalhost',
  'passwordauthentication preferredauthentications proxycommand proxyjump pubkeyauthentication',
  'requiredrsasize serveraliveinterval serveralivecountmax stricthostkeychecking tcpkeepalive',
  'userknownhostsfile globalknownhostsfile revokedhostkeys knownhostscommand kexalgorithms ciphers macs',
  'hostkeyalgorithms pubkeyacceptedalgorithms',
].flatMap((line) => line.split(' '))
