import type { Transport } from '../transport.ts'
import { resolveHostSettings } from './host-settings.ts'
import { nextHop } from './next-hop.ts'
import { leaseHop } from './reach.ts'
import type { SshContext, SshTarget } from './ssh-context.ts'
import { transportOver } from './transport-over.ts'

/** The machine that connects to a host for us. */
export interface JumpHost {
  /** `ops@bastion:22` */
  readonly subject: string
  /** The same for the same machine on the same way. */
  readonly key: string
  /** Name or address that it knows the host by. */
  readonly towards: string
  /** Runs commands there, over the connection that leads on to hosts. */
  open(signal: AbortSignal): Promise<Transport>
}

/** Who stands before a host, by ProxyJump; undefined where nobody does. Asks nobody: it reads ssh_config. */
export async function findJumpHost(target: SshTarget, context: SshContext): Promise<JumpHost | undefined> {
  const settings = await resolveHostSettings(target, context)
  const hop = await nextHop({ settings, proxy: settings.route.proxy, behind: [] }, context)
  if (hop === undefined) return undefined
  return {
    subject: hop.subject,
    key: hop.key,
    towards: settings.hostName,
    open: async (signal) => {
      const lease = await leaseHop(hop, { ...context, signal })
      return transportOver(lease.connection, () => lease.release())
    },
  }
}
