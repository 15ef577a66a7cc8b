import type { Duplex } from 'node:stream'
import { dial } from './dial.ts'
import type { HostSettings } from './host-settings.ts'
import type { Lease } from './jump-hosts.ts'
import { startProxyCommand } from './proxy-command.ts'
import type { Proxy } from './route-settings.ts'
import type { SshContext } from './ssh-context.ts'

interface SocketRequest {
  readonly settings: HostSettings
  readonly proxy: Proxy
  readonly lease: Lease | undefined
  readonly signal: AbortSignal
}

/** Opens the way to the SSH port of a host: directly, through a jump host, or through a command. */
export async function openSocket(request: SocketRequest, context: SshContext): Promise<Duplex> {
  const { settings, proxy, lease, signal } = request
  if (lease !== undefined) return forwarded({ settings, lease, signal })
  if (proxy.type !== 'command') return dial(settings, signal)
  return startProxyCommand(proxy, { ...context, alias: settings.alias })
}

function forwarded(request: {
  readonly settings: HostSettings
  readonly lease: Lease
  readonly signal: AbortSignal
}): Promise<Duplex> {
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
