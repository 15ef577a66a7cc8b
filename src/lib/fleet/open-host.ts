import { ApoctlError } from '../errors/apoctl-error.ts'
import { becomeRoot, type BecomeOptions } from '../platforms/linux/become-root.ts'
import { openLocal, type LocalWorld } from '../transports/local/open-local.ts'
import type { SshContext } from '../transports/ssh/ssh-context.ts'
import type { Transport } from '../transports/transport.ts'
import type { FleetHost } from './fleet-host.ts'
import { sshTarget } from './ssh-target.ts'

/** What a way to a host is made of. */
export interface OpenHostContext {
  readonly local: LocalWorld & { readonly isRoot: boolean }
  readonly ssh: SshContext
  readonly become: Pick<BecomeOptions, 'method' | 'sudoPassword'> & {
    /** Without root there is no point; else the work is done with what the account may do. */
    readonly required: boolean
  }
}

const probeTimeoutMs = 30_000

/** Opens a way to a host, as root where that is possible or asked for. */
export async function openHost(
  request: { readonly host: FleetHost; readonly signal: AbortSignal },
  context: OpenHostContext,
): Promise<Transport> {
  const { host, signal } = request
  const transport = await openTransport(request, context)
  if (isRootAlready(transport, { host, context })) return transport
  const { required, method, sudoPassword } = context.become
  try {
    const options = { method: host.become ?? method, sudoPassword, signal, timeoutMs: probeTimeoutMs }
    const became = await becomeRoot(transport, options)
    if (required && !became.isRoot) throw notRoot(host, transport)
    return became.transport
  } catch (error) {
    await transport.close()
    throw error
  }
}

async function openTransport(
  request: { readonly host: FleetHost; readonly signal: AbortSignal },
  context: OpenHostContext,
): Promise<Transport> {
  const { host, signal } = request
  if (host.type === 'local') return openLocal(context.local)
  const { openSsh } = await import('../transports/ssh/open-ssh.ts')
  return openSsh(sshTarget(host), { ...context.ssh, signal })
}

/** Saves asking a host who we are when we logged in as root. */
function isRootAlready(
  transport: Transport,
  about: { readonly host: FleetHost; readonly context: OpenHostContext },
): boolean {
  return about.host.type === 'local' ? about.context.local.isRoot : transport.target.startsWith('root@')
}

function notRoot(host: FleetHost, transport: Transport): ApoctlError {
  const where = host.type === 'local' ? 'the account on this machine' : transport.target
  return new ApoctlError([
    'APO-HOST-PRIVILEGE',
    `${where} is not root and may not become it without a password`,
  ])
}
