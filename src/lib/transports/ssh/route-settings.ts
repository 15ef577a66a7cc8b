import { expand } from './config/expand.ts'
import { configError } from './config/config-error.ts'
import { familyOf } from './config/canonical-name.ts'
import type { ResolvedTarget } from './config/resolve-target.ts'
import type { SshContext } from './ssh-context.ts'

/** The way to a host. */
export interface RouteSettings {
  readonly proxy: Proxy
  /** 0 for either. */
  readonly family: 0 | 4 | 6
  /** The address of this machine to come from. */
  readonly bindAddress: string | undefined
  /** The interface whose address to come from, when there is no `bindAddress`. */
  readonly bindInterface: string | undefined
  readonly tcpKeepAlive: boolean
  /** How often to try to connect, a second apart. */
  readonly attempts: number
  /** From name lookup to login. */
  readonly connectTimeoutMs: number
}

/** What stands between here and a host. */
export type Proxy =
  | { readonly type: 'none' }
  /** Hops from here to the host, each `user@host:port`. */
  | { readonly type: 'jump'; readonly hops: readonly string[]; readonly place: string }
  /** A command whose standard input and output are the connection. */
  | { readonly type: 'command'; readonly command: string; readonly place: string }

const defaultConnectTimeoutMs = 15_000

export function routeSettings(resolved: ResolvedTarget, context: SshContext): RouteSettings {
  const { settings } = resolved
  const seconds = settings.number('connecttimeout') ?? 0
  const attempts = settings.number('connectionattempts') ?? 1
  if (attempts === 0)
    throw configError(settings.at('connectionattempts')?.place ?? '', 'connectionattempts is at least 1')
  return {
    proxy: proxyOf(resolved),
    family: familyOf(settings),
    bindAddress: settings.word('bindaddress'),
    bindInterface: settings.word('bindinterface'),
    tcpKeepAlive: settings.flag('tcpkeepalive') ?? true,
    attempts,
    connectTimeoutMs: context.connectTimeoutMs ?? (seconds === 0 ? defaultConnectTimeoutMs : seconds * 1000),
  }
}

function proxyOf(resolved: ResolvedTarget): Proxy {
  const { settings, tokens } = resolved
  const allowed = Object.fromEntries(Object.entries(tokens).filter(([token]) => 'hknpr'.includes(token)))
  const jump = settings.at('proxyjump')
  if (jump !== undefined && jump.words[0] !== 'none') {
    const { place } = jump
    return { type: 'jump', place, hops: jump.words.map((hop) => expand(hop, { tokens: allowed, place })) }
  }
  const command = settings.at('proxycommand')
  const [line = 'none'] = command?.words ?? []
  if (command === undefined || line.toLowerCase() === 'none') return { type: 'none' }
  return commandProxy(expand(line, { tokens: allowed, place: command.place }), {
    place: command.place,
    fdpass: settings.flag('proxyusefdpass') === true ? settings.at('proxyusefdpass')?.place : undefined,
  })
}

function commandProxy(
  command: string,
  from: { readonly place: string; readonly fdpass: string | undefined },
): Proxy {
  if (from.fdpass !== undefined)
    throw configError(from.fdpass, 'ProxyUseFdpass is not supported: the command has to pass the data itself')
  if (command === '-')
    throw configError(from.place, 'ProxyCommand - takes our own input and output, which are not free')
  return { type: 'command', command, place: from.place }
}
