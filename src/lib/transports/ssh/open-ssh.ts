import type { Transport } from '../transport.ts'
import { reach } from './reach.ts'
import type { SshContext, SshTarget } from './ssh-context.ts'
import { transportOver } from './transport-over.ts'

/**
 * Logs in to a host and keeps the connection. The host key of every hop is verified before anything
 * is sent to it. Rejects with one of the APO-SSH errors, or with the reason of `context.signal`.
 */
export async function openSsh(target: SshTarget, context: SshContext): Promise<Transport> {
  const { connection, close } = await reach(target, context)
  return transportOver(connection, close)
}
