import { ApoctlError } from '../../../errors/apoctl-error.ts'
import { applyConfig } from './apply-config.ts'
import { canonicalName } from './canonical-name.ts'
import { configError } from './config-error.ts'
import type { ConfigWorld } from './config-world.ts'
import type { Pass } from './pass.ts'
import { createSettings, type Setting, type Settings } from './settings.ts'
import { expand } from './expand.ts'
import { hostSoFar, lastHopOf, tokensOf } from './tokens.ts'

/** Whom somebody wants to log in to. */
export interface WantedTarget {
  /** The name as it was typed. */
  readonly host: string
  /** Values that come before those of the files, as options of ssh do. */
  readonly given: readonly Setting[]
}

/** The target as the configuration describes it; `ssh -G` prints the same. */
export interface ResolvedTarget {
  readonly alias: string
  readonly hostName: string
  readonly port: number
  readonly user: string
  readonly settings: Settings
  /** What `%h` and its like stand for. */
  readonly tokens: Readonly<Record<string, string>>
}

const defaultsOfNames: readonly Setting[] = [
  { keyword: 'canonicalizehostname', words: ['no'], place: 'default' },
  { keyword: 'canonicalizemaxdots', words: ['1'], place: 'default' },
  { keyword: 'canonicalizefallbacklocal', words: ['yes'], place: 'default' },
]

/** Reads the configuration for a host: twice when it has to be read again for the canonical name. */
export async function resolveTarget(wanted: WantedTarget, world: ConfigWorld): Promise<ResolvedTarget> {
  const alias = wanted.host
  const settings = createSettings()
  for (const setting of wanted.given) settings.take(setting)
  refuseOddNames(alias, settings.word('user'))
  const asked = { twice: false }
  const onFinal = (): void => {
    asked.twice = true
  }
  const first: Pass = { alias, host: alias, isFinal: false, settings, onFinal }
  await applyConfig(first, world)
  const hostName = await canonicalName(hostSoFar(first), settings)
  const canonicalizes = (settings.word('canonicalizehostname') ?? 'no') !== 'no'
  // From here on a name is what it is: the second reading cannot change how it was found.
  for (const setting of defaultsOfNames) settings.take(setting)
  if (asked.twice || canonicalizes) await applyConfig({ ...first, host: hostName, isFinal: true }, world)
  return finished({ alias, hostName, settings }, { wanted, world })
}

function finished(
  found: { readonly alias: string; readonly hostName: string; readonly settings: Settings },
  from: { readonly wanted: WantedTarget; readonly world: ConfigWorld },
): ResolvedTarget {
  const { alias, settings } = found
  const facts = {
    ...found,
    port: settings.number('port') ?? 22,
    keyAlias: settings.word('hostkeyalias')?.toLowerCase() ?? alias,
    jumpHost: lastHopOf(settings.words('proxyjump')),
  }
  const user = userOf(from, { settings, tokens: tokensOf({ ...facts, user: '' }, from.world) })
  return { ...found, port: facts.port, user, tokens: tokensOf({ ...facts, user }, from.world) }
}

/** A user in a file may have tokens, but for those that the user is a part of. */
function userOf(
  from: { readonly wanted: WantedTarget; readonly world: ConfigWorld },
  found: { readonly settings: Settings; readonly tokens: Readonly<Record<string, string>> },
): string {
  const setting = found.settings.at('user')
  if (setting === undefined) return from.world.localUser
  const written = setting.words[0] ?? ''
  if (from.wanted.given.includes(setting)) return written
  const tokens = Object.fromEntries(Object.entries(found.tokens).filter(([token]) => !'rC'.includes(token)))
  const user = expand(written, { tokens, environment: from.world.environment, place: setting.place })
  if (isOddUser(user)) throw configError(setting.place, `"${user}" has letters that a user name cannot have`)
  return user
}

/** Names end up in commands that a shell reads (ProxyCommand, Match exec), so ssh is strict with them. */
function refuseOddNames(host: string, user: string | undefined): void {
  if (/^-|['`"$\\;&<>|(){},\s\p{Cc}]/u.test(host)) throw oddName('host', host)
  if (user !== undefined && isOddUser(user)) throw oddName('user', user)
}

function isOddUser(user: string): boolean {
  return /^-|['`";&<>|(){}\p{Cc}]|\s-|\\$/u.test(user)
}

function oddName(what: string, name: string): ApoctlError {
  return new ApoctlError(['APO-INPUT-VALUE', `"${name}" has letters that a ${what} name cannot have`])
}
