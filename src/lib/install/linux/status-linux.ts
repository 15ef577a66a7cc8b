import { deriveMachineId } from '../../../contract/machine-id.ts'
import type { ConsoleClient } from '../../api/console-client.ts'
import { isAway } from '../../api/is-away.ts'
import { ApoctlError, type ErrorDocument } from '../../errors/apoctl-error.ts'
import { exitCode, type ExitCode } from '../../errors/exit-code.ts'
import type { FleetHost } from '../../fleet/fleet-host.ts'
import { exitCodeOfFleet, type AttemptedHost, type FleetReport } from '../../fleet/fleet-report.ts'
import { runOnFleet, type FleetContext, type FleetWork, type HostContext } from '../../fleet/run-on-fleet.ts'
import type { EnforcerStatus } from '../../status/enforcer-status.ts'
import { enforcersByMachine } from '../../status/enforcers-by-machine.ts'
import { judgeHostStatus, type HostStatus } from './host-status.ts'
import { inspectHost } from './inspect-host.ts'

export interface LinuxStatusOptions {
  readonly hosts: readonly FleetHost[]
  readonly limits: Pick<FleetWork<unknown>, 'concurrency' | 'hostTimeoutMs'>
  readonly namespace: string
}

export interface LinuxStatusContext extends FleetContext {
  readonly console: ConsoleClient
}

/** The answer of `enforcer status` with hosts. */
export interface HostStatusReport extends FleetReport<HostStatus, AttemptedHost<HostStatus>> {
  readonly console: string
  readonly namespace: string
  /** Why the Console could not be asked; null when it was. */
  readonly consoleError: ErrorDocument | null
  /** What the command exits with. */
  readonly exitCode: ExitCode
}

type Seen = ReadonlyMap<string, EnforcerStatus> | ApoctlError

/**
 * Looks at every host and asks the Console about all of them. A host that cannot be reached costs that host alone;
 * a Console that cannot be reached leaves its side unknown. Rejects with other APO-API-*.
 */
export async function statusLinux(
  options: LinuxStatusOptions,
  context: LinuxStatusContext,
): Promise<HostStatusReport> {
  const { hosts, limits, namespace } = options
  const seen = new Map<string, Promise<Seen>>()
  const askFor = (place: string): Promise<Seen> => {
    const asked = seen.get(place) ?? askConsole(place, context)
    seen.set(place, asked)
    return asked
  }
  // Before any host: what is wrong with a login is said once, and at once.
  const first = await askFor(namespace)
  const action = async (host: FleetHost, way: HostContext): Promise<HostStatus> =>
    statusOf(
      { known: await askFor(host.namespace ?? namespace), place: host.namespace ?? namespace },
      {
        ...context,
        ...way,
      },
    )
  const ending = ({ state }: HostStatus) => (state === 'connected' ? 'done' : 'failed')
  const report = await runOnFleet({ hosts, ...limits, step: 'status', action, ending }, context)
  return {
    ...report,
    console: context.console.api,
    namespace,
    consoleError: first instanceof ApoctlError ? first.toDocument() : null,
    exitCode: exitCodeOfFleet(report, codeOf),
  }
}

async function askConsole(namespace: string, context: LinuxStatusContext): Promise<Seen> {
  try {
    return await enforcersByMachine(namespace, context)
  } catch (error) {
    if (isAway(error)) return error
    throw error
  }
}

async function statusOf(
  seen: { readonly known: Seen; readonly place: string },
  context: LinuxStatusContext & HostContext,
): Promise<HostStatus> {
  const state = await inspectHost(context.transport, context)
  const { known, place } = seen
  const enforcer = known instanceof ApoctlError ? 'unknown' : known.get(deriveMachineId(state.machineId))
  return judgeHostStatus(state, { api: context.console.api, namespace: place, enforcer })
}

function codeOf({ state }: HostStatus): ExitCode {
  if (state === 'connected') return exitCode.ok
  return state === 'unknown' ? exitCode.unreachable : exitCode.no
}
