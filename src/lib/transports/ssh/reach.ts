import { untilAborted } from '../../async/until-aborted.ts'
import { connectError } from './errors.ts'
import { resolveHostSettings } from './host-settings.ts'
import type { Lease } from './jump-hosts.ts'
import { startLoginDeadline } from './login-context.ts'
import { loginPatiently } from './login-patiently.ts'
import { nextHop, type Hop, type Route } from './next-hop.ts'
import { openSocket } from './open-socket.ts'
import type { SshConnection } from './ssh-connection.ts'
import type { SshContext, SshTarget } from './ssh-context.ts'
import { subjectOf } from './subject.ts'

/** A connection and the jump hosts it leans on. */
export interface Reached {
  readonly connection: SshConnection
  /** Closes the connection and lets go of the jump hosts. */
  readonly close: () => Promise<void>
}

/** Logs in to a host, through what stands between here and there. */
export async function reach(target: SshTarget, context: SshContext): Promise<Reached> {
  const settings = await resolveHostSettings(target, context)
  return reachBy({ settings, proxy: settings.route.proxy, behind: [] }, context)
}

async function reachBy(route: Route, context: SshContext): Promise<Reached> {
  const { settings, proxy } = route
  const hop = await nextHop(route, context)
  const lease = hop && (await leaseHop(hop, context))
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

/** Takes a share of the connection to a jump host, which is made when nobody has one. */
export async function leaseHop(hop: Hop, context: SshContext): Promise<Lease> {
  const lease = context.memory.jumpHosts.lease(hop.key, async () => {
    // Shared, so it must not end with the host that happened to come first.
    const reached = await reachBy(hop, { ...context, signal: undefined })
    return { ...reached.connection, close: reached.close }
  })
  try {
    return await untilAborted(lease, context.signal)
  } catch (error) {
    // One that comes too late is given back.
    lease.then((late) => late.release()).catch(() => undefined)
    throw error
  }
}
