import { enforcers } from '../../lib/api/endpoints/enforcers.ts'
import { processingUnits } from '../../lib/api/endpoints/processing-units.ts'
import type { CallOptions } from '../../lib/api/call.ts'
import { isCode } from './memory.ts'
import { ObjectGone } from './object-gone.ts'
import type { OwnObjects } from './identity.ts'
import type { SessionTools } from './session-world.ts'
import { persevere } from './persevere.ts'

export interface HeartbeatOptions {
  readonly own: OwnObjects
  readonly version: string
  /** The same for as long as this process lives. */
  readonly sessionId: string
  readonly intervalMs: number
}

const stuckAfterMs = 60_000

/** Tells the Console that we live, for ever. Rejects with ObjectGone when it knows us no more. */
export async function keepBeating(options: HeartbeatOptions, tools: SessionTools): Promise<never> {
  for (;;) {
    await persevere(
      {
        name: 'send the heartbeat',
        stuckAfterMs,
        attempt: () => beat(options, tools),
        hopeless: (error) => error instanceof ObjectGone,
      },
      tools,
    )
    tools.status('Connected')
    // Up to a tenth less: enforcers that were started together spread out.
    const pauseMs = options.intervalMs * (1 - tools.random() / 10)
    tools.liveness.expect('rest between heartbeats', pauseMs + stuckAfterMs)
    await tools.clock.sleep(pauseMs, { signal: tools.signal })
    tools.liveness.done('rest between heartbeats')
  }
}

async function beat(options: HeartbeatOptions, tools: SessionTools): Promise<void> {
  const { own, version, sessionId } = options
  const heartbeat = {
    status: 'Connected',
    enforcementStatus: 'Inactive',
    version,
    sessionId,
    timestamp: now(tools),
  } as const
  try {
    await enforcers(tools.console).poke(own.enforcerId, { heartbeat, signal: tools.signal })
  } catch (error) {
    throw isCode(error, 'APO-API-NOT-FOUND') ? new ObjectGone('enforcer') : error
  }
}

/** Reports the host as running. Rejects with ObjectGone when the Console does not know it any more. */
export async function reportHostRunning(own: OwnObjects, tools: SessionTools): Promise<void> {
  if (own.hostUnitId === undefined) return
  const heartbeat = { status: 'Running', enforcementStatus: 'Inactive', timestamp: now(tools) } as const
  try {
    await processingUnits(tools.console).poke(own.hostUnitId, { heartbeat, signal: tools.signal })
  } catch (error) {
    throw isCode(error, 'APO-API-NOT-FOUND') ? new ObjectGone('processing unit') : error
  }
}

/** Says goodbye, so that nobody misses us. `how` has its own signal: the session's is over by now. */
export async function sayGoodbye(
  options: HeartbeatOptions,
  tools: SessionTools & { readonly goodbye: CallOptions },
): Promise<void> {
  const { own, version, sessionId } = options
  const base = { enforcementStatus: 'Inactive', timestamp: now(tools) } as const
  if (own.hostUnitId !== undefined)
    await processingUnits(tools.console).poke(own.hostUnitId, {
      heartbeat: { ...base, status: 'Stopped' },
      ...tools.goodbye,
    })
  await enforcers(tools.console).poke(own.enforcerId, {
    heartbeat: { ...base, status: 'Disconnected', version, sessionId, sessionClose: true },
    ...tools.goodbye,
  })
}

function now(tools: SessionTools): string {
  return new Date(tools.clock.nowMs()).toISOString()
}
