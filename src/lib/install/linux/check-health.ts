import { enforcerServiceName } from '../../../contract/enforcer-paths.ts'
import { deriveMachineId } from '../../../contract/machine-id.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { HostContext } from '../../fleet/run-on-fleet.ts'
import { awaitConnection, type AwaitConnectionContext } from './await-connection.ts'
import { inspectHost } from './inspect-host.ts'

/**
 * Looks whether an enforcer that was installed a while ago still runs, and whether the Console still sees it.
 * Rejects with APO-INSTALL-UNHEALTHY or APO-INSTALL-NOT-CONNECTED; nothing is taken back.
 */
export async function checkHealth(
  options: { readonly api: string; readonly timeoutMs: number },
  context: HostContext & AwaitConnectionContext,
): Promise<void> {
  const { api, timeoutMs } = options
  const subject = context.transport.target
  const state = await inspectHost(context.transport, context)
  if (!state.serviceActive)
    throw new ApoctlError(
      ['APO-INSTALL-UNHEALTHY', `${subject}: ${enforcerServiceName} was started and does not run any more`],
      { hints: [`On the host: journalctl -u ${enforcerServiceName}`] },
    )
  const machineId = deriveMachineId(state.machineId)
  await awaitConnection({ subject, machineId, heardAt: undefined, timeoutMs, api }, context)
}
