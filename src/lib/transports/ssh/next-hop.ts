import { configError } from './config/config-error.ts'
import { parseDestination } from './destination.ts'
import { resolveHostSettings, type HostSettings } from './host-settings.ts'
import type { Proxy } from './route-settings.ts'
import type { SshContext } from './ssh-context.ts'
import { subjectOf } from './subject.ts'

/** A host and the way to it. */
export interface Route {
  readonly settings: HostSettings
  /** Its own, but for hops that somebody else's ProxyJump lines up. */
  readonly proxy: Proxy
  /** Who is reached through this one, to notice circles. */
  readonly behind: readonly string[]
}

/** A jump host, and how it is reached itself. */
export interface Hop extends Route {
  /** `ops@bastion:22` */
  readonly subject: string
  /** The same for the same machine on the same way. */
  readonly key: string
}

const maxHops = 8

/**
 * The jump host that connects to the host of a route; undefined where there is none. As OpenSSH: `-J a,b host`
 * goes to b through a; a hop's own proxy counts only when it is first.
 */
export async function nextHop(route: Route, context: SshContext): Promise<Hop | undefined> {
  if (route.proxy.type !== 'jump') return undefined
  const { hops, place } = route.proxy
  const name = hops.at(-1) ?? ''
  const hop = parseDestination(name)
  if (hop === undefined) throw configError(place, `"${name}" in ProxyJump is not [user@]host[:port]`)
  const settings = await resolveHostSettings(hop, context)
  const before = hops.slice(0, -1)
  const proxy: Proxy = before.length > 0 ? { type: 'jump', hops: before, place } : settings.route.proxy
  const subject = subjectOf(settings)
  if (route.behind.includes(subject) || route.behind.length >= maxHops)
    throw configError(place, `ProxyJump of ${route.settings.alias} goes in a circle at ${subject}`)
  return {
    settings,
    proxy,
    behind: [...route.behind, subject],
    subject,
    key: JSON.stringify([proxy, subject]),
  }
}
