import { connect as connectSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { login, subjectOf } from './connection.ts'
import type { SshConnection } from './ssh-connection.ts'
import { parseDestination } from './destination.ts'
import { connectError } from './errors.ts'
import { resolveHostSettings, type HostSettings } from './host-settings.ts'
import type { Lease } from './jump-hosts.ts'
import { startLoginDeadline } from './login-context.ts'
import type { SshContext, SshTarget } from './ssh-context.ts'

/** A connection and the jump hosts it leans on. */
export interface Reached {
  readonly connection: SshConnection
  /** Closes the connection and lets go of the jump hosts. */
  readonly close: () => Promise<void>
}

const maxHops = 8

/** Logs in to a host, through its jump hosts if it has any. */
export async function reach(target: SshTarget, context: SshContext): Promise<Reached> {
  const settings = await resolveHostSettings(target, context)
  return reachBy({ settings, hops: settings.proxyJump, behind: [] }, context)
}

interface Route {
  readonly settings: HostSettings
  /** Hops still to make before the host, first one first. */
  readonly hops: readonly string[]
  /** Who is reached through this one, to notice circles. */
  readonly behind: readonly string[]
}

async function reachBy(route: Route, context: SshContext): Promise<Reached> {
  const { settings } = route
  const subject = subjectOf(settings)
  const lease = await leaseOfLastHop(route, context)
  const deadline = startLoginDeadline(settings.connectTimeoutMs, context.signal)
  const { signal } = deadline
  try {
    const loginContext = { ...context, whilePersonAnswers: deadline.pauseWhile }
    const connection = await login(
      { settings, signal, dial: () => openSocket({ settings, lease, signal }) },
      loginContext,
    )
    return {
      connection,
      close: async () => {
        await connection.close()
        await lease?.release()
      },
    }
  } catch (error) {
    await lease?.release()
    throw connectError(error, subject)
  } finally {
    deadline.clear()
  }
}

/** As OpenSSH: `-J a,b host` goes to b through a; a hop's own ProxyJump counts only when it is first. */
async function leaseOfLastHop(route: Route, context: SshContext): Promise<Lease | undefined> {
  const name = route.hops.at(-1)
  if (name === undefined) return undefined
  const hop = parseDestination(name)
  if (hop === undefined)
    throw new ApoctlError(['APO-SSH-CONFIG', `"${name}" in ProxyJump is not user@host:port`])
  const settings = await resolveHostSettings(hop, context)
  const before = route.hops.length > 1 ? route.hops.slice(0, -1) : settings.proxyJump
  const subject = subjectOf(settings)
  if (route.behind.includes(subject) || route.behind.length >= maxHops)
    throw new ApoctlError([
      'APO-SSH-CONFIG',
      `ProxyJump of ${route.settings.alias} goes in a circle at ${subject}`,
    ])
  const key = [...before, subject].join(',')
  const behind = [...route.behind, subject]
  const lease = context.memory.jumpHosts.lease(key, async () => {
    // Shared, so it must not end with the host that happened to come first.
    const reached = await reachBy({ settings, hops: before, behind }, { ...context, signal: undefined })
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

interface SocketRequest {
  readonly settings: HostSettings
  readonly lease: Lease | undefined
  readonly signal: AbortSignal
}

async function openSocket(request: SocketRequest): Promise<Duplex> {
  const { settings, lease, signal } = request
  if (lease !== undefined) return forwarded({ settings, lease, signal })
  return new Promise((resolve, reject) => {
    const socket = connectSocket({
      host: settings.hostName,
      port: settings.port,
      noDelay: true,
      keepAlive: true,
    })
    const abort = (): void => {
      socket.destroy()
      reject(signal.reason as Error)
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort)
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

function forwarded(request: SocketRequest & { readonly lease: Lease }): Promise<Duplex> {
  const { settings, lease, signal } = request
  const stream = lease.connection.forward(settings.hostName, settings.port)
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      stream.then((late) => late.destroy()).catch(() => undefined)
      reject(signal.reason as Error)
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    stream.then(resolve, reject)
    void lease.connection.ended.then((error) => reject(error ?? new Error('the jump host was closed')))
  })
}
