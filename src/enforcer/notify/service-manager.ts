/** systemd, as far as the enforcer talks to it. Telling it something never fails and never waits. */
export interface ServiceManager {
  /** Assignments of sd_notify(3): `READY=1`, `STATUS=…`, `WATCHDOG=1`. */
  notify(assignments: readonly string[]): void
  /** How often at most it wants to hear WATCHDOG=1, or undefined when it does not watch. */
  readonly watchdogMs: number | undefined
  close(): void
}

export interface ServiceManagerEnvironment {
  readonly notifySocket: string | undefined
  readonly watchdogUsec: string | undefined
  /** The process that the watchdog is meant for. */
  readonly watchdogPid: string | undefined
  readonly pid: number
}

const nobody: ServiceManager = { notify: () => undefined, watchdogMs: undefined, close: () => undefined }

/**
 * The service manager that started us; a silent one when nobody did, or when its socket cannot be spoken
 * to (`onProblem` hears why).
 *
 * Datagrams are sent from this very process through libc, by koffi. The alternative, running
 * systemd-notify(1) each time, costs a process every watchdog interval for ever, needs NotifyAccess=all,
 * so that any child could claim we are alive, and loses messages: the helper is often gone before
 * systemd looks up which service it belonged to. Node itself has no datagram sockets of AF_UNIX.
 */
export async function findServiceManager(
  environment: ServiceManagerEnvironment,
  world: { readonly onProblem: (error: unknown) => void },
): Promise<ServiceManager> {
  const { notifySocket } = environment
  if (notifySocket === undefined || !/^[/@]/.test(notifySocket)) return nobody
  try {
    const { openDatagramSocket } = await import('./datagram-socket.ts')
    const socket = openDatagramSocket(notifySocket)
    return {
      notify: (assignments) => {
        if (!socket.send(assignments.join('\n')))
          world.onProblem(new Error('the notification socket takes nothing'))
      },
      watchdogMs: watchdogOf(environment),
      close: () => socket.close(),
    }
  } catch (error) {
    world.onProblem(error)
    return nobody
  }
}

function watchdogOf(environment: ServiceManagerEnvironment): number | undefined {
  const usec = Number(environment.watchdogUsec)
  const forUs = environment.watchdogPid === undefined || Number(environment.watchdogPid) === environment.pid
  return Number.isFinite(usec) && usec > 0 && forUs ? usec / 1000 : undefined
}
