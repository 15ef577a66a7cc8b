import { configError } from './config/config-error.ts'
import { parseDestination } from './destination.ts'
import { connectError } from './errors.ts'
import { resolveHostSettings, type HostSettings } from './host-settings.ts'
import type { Lease } from './jump-hosts.ts'
import { startLoginDeadline } from './login-context.ts'
import { loginPatiently } from './login-patiently.ts'
import { openSocket } from './open-socket.ts'
import type { Proxy } from './route-settings.ts'
import type { SshConnection } from './ssh-connection.ts'
import type { SshContext, SshTarget } from './ssh-context.ts'
import { subjectOf } from './subject.ts'

/** A connection and the jump hosts it leans on. */
export interface Reached {
  readonly connection: SshConnection
  /** Closes the connection and lets go of the jump hosts. */
  readonly close: () => Promise<void>
}

const maxHops = 8

/** Logs in to a host, through what stands between here and there. */
export async function reach(target: SshTarget, context: SshContext): Promise<Reached> {
  const settings = await resolveHostSettings(target, context)
  return reachBy({ settings, proxy: settings.route.proxy, behind: [] }, context)
}

interface Route {
  readonly settings: HostSettings
  /** The way to the host: its own, but for hops that somebody else's ProxyJump lines up. */
  readonly proxy: Proxy
  /** Who is reached through this one, to notice circles. */
  readonly behind: readonly string[]
}

async function reachBy(route: Route, context: SshContext): Promise<Reached> {
  const { settings, proxy } = route
  const lease = proxy.type === 'jump' ? await leaseOfLastHop({ ...route, proxy }, context) : undefined
  const deadline = startLoginDeadline(settings.route.connectTimeoutMs, context.signal)
  const { signal } = deadline
  try {
    const loginContext = { ...context, whilePersonAnswers: deadline.pauseWhile }
    const way = { settings, signal, dial: () => openSocket({ settings, proxy, lease, signal }, context) }
    const connection = await loginPatiently(way, loginContext)
    return {
      connection,
      close: async () => {
        await connection.close()
        await lease?.release()
      },
    }
  } catch (error) {
    await lease?.release()
    throw connectError(error, subjectOf(settings))
  } finally {
    deadline.clear()
  }
}

type JumpRoute = Route & { readonly proxy: Proxy & { readonly type: 'jump' } }

/** As OpenSSH: `-J a,b host` goes to b through a; a hop's own proxy counts only when it is first. */
async function leaseOfLastHop(route: JumpRoute, context: SshContext): Promise<Lease | undefined> {
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
  const key = JSON.stringify([proxy, subject])
  const behind = [...route.behind, subject]
  const lease = context.memory.jumpHosts.lease(key, async () => {
    // Shared, so it must not end with the host that happened to come first.
    const reached = await reachBy({ settings, proxy, behind }, { ...context, signal: undefined })
    return { ...reached.connection, close: reached.close }
  })
  return orAbort(lease, context.signal)
}

/** Stops waiting when the signal aborts; a lease that comes too late is given back. */
async function orAbort(lease: Promise<Lease>, signal: AbortSignal | undefined): Promise<Lease> {
  if (signal === undefined) return lease
  let giveUp: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason as Error)
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
  })
  try {
    return await Promise.race([lease, aborted])
  } catch (error) {
    lease.then((late) => late.release()).catch(() => undefined)
    throw error
  } finally {
    if (giveUp !== undefined) signal.removeEventListener('abort', giveUp)
  }
}
