import type { Log } from '../log/log.ts'
import type { Liveness } from './liveness.ts'
import type { ServiceManager } from './service-manager.ts'

/** Half of what is asked would do; a third forgives one lost datagram. */
const sharesOfInterval = 3

/** Feeds the watchdog while everything moves. Returns what stops it. */
export function startWatchdog(
  manager: ServiceManager,
  watched: { readonly liveness: Liveness; readonly log: Log },
): () => void {
  const { watchdogMs } = manager
  if (watchdogMs === undefined) return () => undefined
  const feed = () => {
    const overdue = watched.liveness.overdue()
    if (overdue.length === 0) manager.notify(['WATCHDOG=1'])
    else watched.log.error('watchdog not fed', { stuck: overdue.join(',') })
  }
  feed()
  const timer = setInterval(feed, watchdogMs / sharesOfInterval)
  return () => clearInterval(timer)
}
