import type { ConfigWorld } from './config/config-world.ts'
import { resolveTarget } from './config/resolve-target.ts'
import type { Setting } from './config/settings.ts'
import { loginSettings, type LoginSettings } from './login-settings.ts'
import { routeSettings, type RouteSettings } from './route-settings.ts'
import type { SshContext, SshTarget } from './ssh-context.ts'
import { trustSettings, type TrustSettings } from './trust-settings.ts'

/** How one host is logged in to: the target, ssh_config and the defaults, resolved. */
export interface HostSettings {
  /** The name as it was typed. */
  readonly alias: string
  readonly hostName: string
  readonly port: number
  readonly user: string
  readonly route: RouteSettings
  readonly trust: TrustSettings
  readonly login: LoginSettings
  readonly aliveIntervalMs: number
  readonly aliveCountMax: number
}

/** OpenSSH sends none by default; without, a host that loses power is noticed by nobody. */
const defaultAliveIntervalS = 15

/** Resolves how to log in to a target, as OpenSSH would: what is found first wins. */
export async function resolveHostSettings(target: SshTarget, context: SshContext): Promise<HostSettings> {
  const world: ConfigWorld = { ...context, memory: context.memory.config }
  const resolved = await resolveTarget({ host: target.host, given: givenWith(target) }, world)
  const { alias, hostName, port, user, settings } = resolved
  return {
    alias,
    hostName,
    port,
    user,
    route: routeSettings(resolved, context),
    trust: trustSettings(resolved, context),
    login: loginSettings(resolved, context),
    aliveIntervalMs: (settings.number('serveraliveinterval') ?? defaultAliveIntervalS) * 1000,
    aliveCountMax: settings.number('serveralivecountmax') ?? 3,
  }
}

/** What comes with the target wins over all files. */
function givenWith(target: SshTarget): Setting[] {
  const { port, user, identityFile, knownHostsFile } = target
  const place = 'the target'
  const given: Setting[] = []
  if (port !== undefined) given.push({ keyword: 'port', words: [String(port)], place })
  if (user !== undefined) given.push({ keyword: 'user', words: [user], place })
  if (identityFile !== undefined) given.push({ keyword: 'identityfile', words: [identityFile], place })
  if (knownHostsFile !== undefined) {
    // A file that comes with the target holds all that is known of it.
    given.push({ keyword: 'userknownhostsfile', words: [knownHostsFile], place })
    given.push({ keyword: 'globalknownhostsfile', words: ['none'], place })
  }
  return given
}
