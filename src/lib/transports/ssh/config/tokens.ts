import { createHash } from 'node:crypto'
import type { Pass } from './pass.ts'
import type { ConfigWorld } from './config-world.ts'
import { expand } from './expand.ts'

/** What the tokens of a login stand for. */
export interface LoginFacts {
  readonly alias: string
  readonly hostName: string
  readonly port: number
  readonly user: string
  /** The name that known_hosts has. */
  readonly keyAlias: string
  /** The last jump host, empty without one. */
  readonly jumpHost: string
}

/** The tokens of ssh_config, by letter. `%C` takes them all together, for names that must be short. */
export function tokensOf(facts: LoginFacts, world: ConfigWorld): Record<string, string> {
  const { machineName } = world
  const hash = createHash('sha1')
  hash.update(machineName + facts.hostName + String(facts.port) + facts.user + facts.jumpHost)
  return {
    C: hash.digest('hex'),
    L: machineName.replace(/\..*$/s, ''),
    d: world.home,
    h: facts.hostName,
    i: String(world.userId),
    j: facts.jumpHost,
    k: facts.keyAlias,
    l: machineName,
    n: facts.alias,
    p: String(facts.port),
    r: facts.user,
    u: world.localUser,
  }
}

/** The tokens as far as they are known while the configuration is still being read. */
export function tokensSoFar(on: {
  readonly pass: Pass
  readonly world: ConfigWorld
}): Record<string, string> {
  const { settings, alias } = on.pass
  const hostName = hostSoFar(on.pass)
  const facts = {
    alias,
    hostName,
    port: settings.number('port') ?? 22,
    user: settings.word('user') ?? on.world.localUser,
    keyAlias: settings.word('hostkeyalias') ?? hostName,
    jumpHost: lastHopOf(settings.words('proxyjump')),
  }
  return tokensOf(facts, on.world)
}

/** The name to connect to, as far as it is known. */
export function hostSoFar(pass: Pass): string {
  const setting = pass.settings.at('hostname')
  if (pass.isFinal || setting === undefined) return pass.host
  return expand(setting.words[0] ?? '', { tokens: { h: pass.alias }, place: setting.place })
}

/** The name of the hop before the host, without user and port. */
export function lastHopOf(hops: readonly string[] | undefined): string {
  const last = hops?.at(-1) ?? 'none'
  if (last === 'none') return ''
  const name = last.replace(/^ssh:\/\//, '').replace(/^.*@/s, '')
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:/]*))/.exec(name) ?? []
  return bracketed ?? plain ?? ''
}
