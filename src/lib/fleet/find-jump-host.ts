import type { JumpHost } from '../transports/ssh/find-jump-host.ts'
import type { FleetHost } from './fleet-host.ts'
import type { OpenHostContext } from './open-host.ts'
import { sshTarget } from './ssh-target.ts'

/** The machine that connects to a host for us; undefined where it is reached from here. */
export async function findJumpHost(
  request: { readonly host: FleetHost; readonly signal: AbortSignal },
  context: Pick<OpenHostContext, 'ssh'>,
): Promise<JumpHost | undefined> {
  const { host, signal } = request
  if (host.type === 'local') return undefined
  const { findJumpHost: find } = await import('../transports/ssh/find-jump-host.ts')
  return find(sshTarget(host), { ...context.ssh, signal })
}
