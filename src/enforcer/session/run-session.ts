import { randomUUID } from 'node:crypto'
import { startDeadline } from '../../lib/async/deadline.ts'
import type { EnforcerConfiguration } from '../config/enforcer-configuration.ts'
import type { HostFacts } from '../host/host-facts.ts'
import { errorFields } from '../log/log.ts'
import { followEvents } from './follow-events.ts'
import { keepBeating, reportHostRunning, sayGoodbye, type HeartbeatOptions } from './heartbeat.ts'
import { logIn } from './log-in.ts'
import { ObjectGone } from './object-gone.ts'
import { ensureOwnObjects } from './own-objects.ts'
import type { OwnObjects } from './identity.ts'
import { persevere } from './persevere.ts'
import type { SessionTools, SessionWorld } from './session-world.ts'

export interface SessionOptions {
  readonly configuration: EnforcerConfiguration
  readonly configurationFile: string
  readonly facts: HostFacts
  readonly version: string
}

const stuckAfterMs = 5 * 60_000
const goodbyeMs = 5_000

/**
 * The life of the enforcer towards the Console: log in, have our objects, beat and listen until the
 * signal aborts, say goodbye. Resolves then. Rejects only when the configuration cannot work.
 */
export async function runSession(options: SessionOptions, world: SessionWorld): Promise<void> {
  const session = {
    ...options,
    sessionId: randomUUID(),
    startTime: new Date(world.clock.nowMs()).toISOString(),
  }
  let own: OwnObjects | undefined
  let console: SessionTools['console'] | undefined
  try {
    console = await logIn(options, world)
    const tools = { ...world, console }
    for (;;) {
      own = await haveOwnObjects(session, tools)
      await liveUntilGone({ ...session, own }, tools)
    }
  } catch (error) {
    if (!world.signal.aborted) throw error
  } finally {
    if (own && console) await leave({ ...session, own }, { ...world, console })
    await console?.close()
  }
}

type Session = SessionOptions & { readonly sessionId: string; readonly startTime: string }

function haveOwnObjects(session: Session, tools: SessionTools): Promise<OwnObjects> {
  const { namespace, stateFolder, tags, hostMode } = session.configuration
  const options = { ...session, namespace, stateFolder, tags, hostMode }
  return persevere(
    { name: 'register with the Console', stuckAfterMs, attempt: () => ensureOwnObjects(options, tools) },
    tools,
  )
}

/** Beats and listens until one of our objects is gone. */
async function liveUntilGone(
  session: Session & { readonly own: OwnObjects },
  world: SessionTools,
): Promise<void> {
  const { own, configuration } = session
  // Ends the one when the other ends.
  const together = new AbortController()
  const end = () => together.abort(world.signal.reason)
  world.signal.addEventListener('abort', end, { once: true })
  if (world.signal.aborted) end()
  const tools = { ...world, signal: together.signal }
  const recheck = () =>
    persevere(
      {
        name: 'report the host',
        stuckAfterMs: 60_000,
        attempt: () => reportHostRunning(own, tools),
        hopeless: (error) => error instanceof ObjectGone,
      },
      tools,
    )
  const { namespace, pokeIntervalMs } = configuration
  const followOptions = { own, recheck, namespace, renewalCheckMs: pokeIntervalMs }
  const stopWith = (error: unknown) => {
    together.abort(error)
    throw error
  }
  try {
    await Promise.allSettled([
      keepBeating(heartbeatOf({ ...session, own }), tools).catch(stopWith),
      followEvents(followOptions, tools).catch(stopWith),
    ])
    const reason: unknown = together.signal.reason
    if (!(reason instanceof ObjectGone)) throw reason
    world.log.warn('deleted in the Console, registering again', { what: reason.what })
  } finally {
    world.signal.removeEventListener('abort', end)
  }
}

function heartbeatOf(session: Session & { readonly own: OwnObjects }): HeartbeatOptions {
  const { own, version, sessionId, configuration } = session
  return { own, version, sessionId, intervalMs: configuration.pokeIntervalMs }
}

async function leave(session: Session & { readonly own: OwnObjects }, tools: SessionTools): Promise<void> {
  const deadline = startDeadline(goodbyeMs)
  try {
    const goodbye = { signal: deadline.signal, timeoutMs: goodbyeMs }
    await sayGoodbye(heartbeatOf(session), { ...tools, goodbye })
    tools.log.info('the Console knows that we stop')
  } catch (error) {
    tools.log.info('could not tell the Console that we stop', errorFields(error))
  } finally {
    deadline.clear()
  }
}
