import { ApoctlError } from '../../errors/apoctl-error.ts'
import { chooseEntries, type ChosenEntries } from './chosen-entries.ts'
import { readConfigFile } from './config-file.ts'
import type { SshContext, SshTarget } from './ssh-context.ts'
import { expandTokens } from './tokens.ts'

/** How one host is logged in to: the target, ssh_config and the defaults, resolved. */
export interface HostSettings {
  /** The name as it was typed. */
  readonly alias: string
  readonly hostName: string
  readonly port: number
  readonly user: string
  /** In order; `required` ones were asked for by name and must exist. */
  readonly identityFiles: readonly { readonly path: string; readonly required: boolean }[]
  readonly identitiesOnly: boolean
  readonly agentSocket: string | undefined
  /** Hops from here to the host, each `user@host:port`. */
  readonly proxyJump: readonly string[]
  /** What known_hosts calls the host, without a port. */
  readonly keyName: string
  /** Whether the port is part of the name in known_hosts: not so for a HostKeyAlias. */
  readonly keyNameHasPort: boolean
  readonly userKnownHostsFiles: readonly string[]
  readonly globalKnownHostsFiles: readonly string[]
  readonly acceptNewHostKeys: boolean
  readonly hashKnownHosts: boolean
  readonly connectTimeoutMs: number
  readonly aliveIntervalMs: number
  readonly aliveCountMax: number
}

const defaultConnectTimeoutMs = 15_000
/** OpenSSH sends none by default; without, a host that loses power is noticed by nobody. */
const defaultAliveIntervalMs = 15_000
const defaultIdentities = ['id_rsa', 'id_ecdsa', 'id_ed25519']

/** Resolves how to log in to a target, as OpenSSH would: what is found first wins. */
export async function resolveHostSettings(target: SshTarget, context: SshContext): Promise<HostSettings> {
  const { home } = context
  const files = context.configFiles ?? [`${home}/.ssh/config`, '/etc/ssh/ssh_config']
  const entries = await context.memory.config(files.join('\0'), async () => {
    const read = await Promise.all(files.map((file) => readConfigFile(file, { home })))
    return read.flat()
  })
  const chosen = chooseEntries(entries, { target, context })
  refuseUnsupported(chosen)
  const hostName = expandTokens(chosen.word('hostname') ?? target.host, { h: target.host })
  const port = target.port ?? chosen.number('port') ?? 22
  const user = target.user ?? chosen.word('user') ?? context.localUser
  const paths = pathExpander({ home, hostName, port, user, alias: target.host, localUser: context.localUser })
  return {
    alias: target.host,
    hostName,
    port,
    user,
    ...identities({ chosen, target, context, paths }),
    proxyJump: hops(chosen, paths),
    ...trust({ chosen, context, paths, hostName }),
    ...onlyKnownHosts(target, paths),
    ...patience(chosen, context),
  }
}

type Paths = (text: string) => string

function pathExpander(values: {
  readonly home: string
  readonly hostName: string
  readonly port: number
  readonly user: string
  readonly alias: string
  readonly localUser: string
}): Paths {
  const tokens = {
    d: values.home,
    h: values.hostName,
    n: values.alias,
    p: String(values.port),
    r: values.user,
    u: values.localUser,
  }
  return (text) => {
    const path = text.startsWith('~/') ? `${values.home}${text.slice(1)}` : text
    return expandTokens(path, tokens)
  }
}

function identities(from: {
  readonly chosen: ChosenEntries
  readonly target: SshTarget
  readonly context: SshContext
  readonly paths: Paths
}): Pick<HostSettings, 'identityFiles' | 'identitiesOnly' | 'agentSocket'> {
  const { chosen, target, context, paths } = from
  const named =
    target.identityFile === undefined ? [] : [{ path: paths(target.identityFile), required: true }]
  const configured = chosen
    .all('identityfile')
    .filter((path) => path.toLowerCase() !== 'none')
    .map((path) => ({ path: paths(path), required: false }))
  const usual = defaultIdentities.map((name) => ({ path: `${context.home}/.ssh/${name}`, required: false }))
  const files = [...named, ...configured]
  const agent = chosen.word('identityagent')
  const socket = agent === undefined || agent === 'SSH_AUTH_SOCK' ? context.agentSocket : paths(agent)
  return {
    identityFiles: files.length > 0 ? files : usual,
    identitiesOnly: chosen.flag('identitiesonly') ?? false,
    agentSocket: agent?.toLowerCase() === 'none' ? undefined : socket,
  }
}

function hops(chosen: ChosenEntries, paths: Paths): string[] {
  const value = chosen.word('proxyjump')
  if (value === undefined || value.toLowerCase() === 'none') return []
  return paths(value)
    .split(',')
    .map((hop) => hop.trim())
}

function trust(from: {
  readonly chosen: ChosenEntries
  readonly context: SshContext
  readonly paths: Paths
  readonly hostName: string
}): Pick<
  HostSettings,
  | 'keyName'
  | 'keyNameHasPort'
  | 'userKnownHostsFiles'
  | 'globalKnownHostsFiles'
  | 'acceptNewHostKeys'
  | 'hashKnownHosts'
> {
  const { chosen, context, paths } = from
  const alias = chosen.word('hostkeyalias')
  const strict = chosen.word('stricthostkeychecking')?.toLowerCase()
  const { home } = context
  return {
    keyName: (alias ?? from.hostName).toLowerCase(),
    keyNameHasPort: alias === undefined,
    userKnownHostsFiles: fileList(chosen.words('userknownhostsfile'), paths) ?? [
      `${home}/.ssh/known_hosts`,
      `${home}/.ssh/known_hosts2`,
    ],
    globalKnownHostsFiles: fileList(chosen.words('globalknownhostsfile'), paths) ?? [
      '/etc/ssh/ssh_known_hosts',
      '/etc/ssh/ssh_known_hosts2',
    ],
    // "no" and "off" let OpenSSH log in to hosts whose key changed; here they mean accept-new.
    acceptNewHostKeys:
      context.acceptNewHostKeys === true || ['accept-new', 'no', 'off'].includes(strict ?? ''),
    hashKnownHosts: chosen.flag('hashknownhosts') ?? false,
  }
}

/** A file that comes with the target holds all that is known of it. */
function onlyKnownHosts(
  target: SshTarget,
  paths: Paths,
): Partial<Pick<HostSettings, 'userKnownHostsFiles' | 'globalKnownHostsFiles'>> {
  const { knownHostsFile } = target
  if (knownHostsFile === undefined) return {}
  return { userKnownHostsFiles: [paths(knownHostsFile)], globalKnownHostsFiles: [] }
}

function fileList(words: readonly string[] | undefined, paths: Paths): string[] | undefined {
  return words?.filter((word) => word.toLowerCase() !== 'none').map(paths)
}

function patience(
  chosen: ChosenEntries,
  context: SshContext,
): Pick<HostSettings, 'connectTimeoutMs' | 'aliveIntervalMs' | 'aliveCountMax'> {
  const seconds = (keyword: string): number | undefined => {
    const value = chosen.number(keyword)
    return value === undefined || value === 0 ? undefined : value * 1000
  }
  return {
    connectTimeoutMs: context.connectTimeoutMs ?? seconds('connecttimeout') ?? defaultConnectTimeoutMs,
    aliveIntervalMs: seconds('serveraliveinterval') ?? defaultAliveIntervalMs,
    aliveCountMax: chosen.number('serveralivecountmax') ?? 3,
  }
}

/** Going on without these would connect to something else than the user configured. */
function refuseUnsupported(chosen: ChosenEntries): void {
  const proxy = chosen.entry('proxycommand')
  if (proxy === undefined || proxy.words[0]?.toLowerCase() === 'none') return
  const jump = chosen.entry('proxyjump')
  if (jump !== undefined) return
  throw new ApoctlError(
    ['APO-SSH-CONFIG', `${proxy.file}:${proxy.line}: ProxyCommand is not supported yet`],
    { hints: ['Use ProxyJump instead: it needs no program on this machine.'] },
  )
}
