import { backoffMs } from '../../lib/async/retry.ts'
import type { Secret } from '../../lib/secrets/secret.ts'
import type { ConsoleEvent, EventMessage } from '../../lib/api/events/console-event.ts'
import { openEventSocket, type EventSocket, type SocketEnd } from '../../lib/api/events/event-socket.ts'
import { ObjectGone } from './object-gone.ts'
import type { OwnObjects } from './identity.ts'
import type { SessionTools } from './session-world.ts'
import { persevere } from './persevere.ts'

export interface FollowOptions {
  readonly own: OwnObjects
  readonly namespace: string
  /** How often to look whether there is a newer token to hand over. */
  readonly renewalCheckMs: number
  /** Looks whether our objects are still there: events of the time without a socket are lost. */
  readonly recheck: () => Promise<void>
}

/** What an enforcer wants to hear of. The Console filters by identity; we filter again. */
const config = {
  identities: { enforcer: ['update', 'delete'], processingunit: ['update', 'delete'] },
  filters: {},
} as const
/** Thousands of enforcers need not hurry as the official subscriber does. */
const pingEveryMs = 10_000
const stuckAfterMs = 60_000
/** Three pings without an answer, and some. */
const silentAfterMs = 60_000
const hearing = 'hear from the event socket'
/** A connection that held so long was a good one: the next failure starts from the bottom. */
const goodConnectionMs = 60_000

/** Keeps the event socket open, for ever. Rejects with ObjectGone when one of our objects was deleted. */
export async function followEvents(options: FollowOptions, tools: SessionTools): Promise<never> {
  for (let failures = 0; ;) {
    const startedMs = tools.clock.monotonicMs()
    const reason = await followOnce(options, tools)
    failures = tools.clock.monotonicMs() - startedMs > goodConnectionMs ? 1 : failures + 1
    tools.log.info('event socket closed', { reason })
    const delayMs = backoffMs(failures, { ...tools.backoff, random: tools.random })
    tools.liveness.expect('reconnect the event socket', delayMs + silentAfterMs)
    await tools.clock.sleep(delayMs, { signal: tools.signal })
    tools.liveness.done('reconnect the event socket')
  }
}

interface Connection {
  readonly socket: EventSocket
  /** The token the Console knows from us. */
  token: Secret
  /** Set when an event said so; the socket is closed then. */
  gone: ObjectGone | undefined
}

/** One connection from opening to its end. Resolves with the reason of its end. */
async function followOnce(options: FollowOptions, tools: SessionTools): Promise<string> {
  const attempt = () => connect(options, tools)
  const connection = await persevere({ name: 'open the event socket', stuckAfterMs, attempt }, tools)
  const { socket } = connection
  tools.log.info('event socket open')
  const renewal = setInterval(() => void renew(connection, tools), options.renewalCheckMs)
  try {
    await options.recheck()
    const reason = reasonOf(await socket.closed)
    tools.signal.throwIfAborted()
    if (connection.gone) throw connection.gone
    return reason
  } finally {
    clearInterval(renewal)
    socket.close()
    tools.liveness.done(hearing)
  }
}

async function connect(options: FollowOptions, tools: SessionTools): Promise<Connection> {
  const token = await tools.console.token(tools)
  const socket = await openEventSocket({
    namespace: options.namespace,
    trust: tools.console.trust,
    config,
    pingEveryMs,
    token,
    api: tools.console.api,
    signal: tools.signal,
    onAlive: () => tools.liveness.expect(hearing, silentAfterMs),
    onMessage(message) {
      const event = eventIn(message, tools)
      if (!event) return
      tools.log.debug('event', { identity: event.identity, type: event.type, id: String(event.entity['ID']) })
      connection.gone ??= whatIsGone(event, options.own)
      if (connection.gone) connection.socket.close()
    },
  })
  const connection: Connection = { socket, token, gone: undefined }
  tools.liveness.expect(hearing, silentAfterMs)
  return connection
}

function eventIn(message: EventMessage, tools: SessionTools): ConsoleEvent | undefined {
  if (message.kind === 'event') return message.event
  tools.log.warn('the Console complains on the event socket', { reason: message.error.description })
  return undefined
}

function reasonOf({ code, reason, silent }: SocketEnd): string {
  return silent ? 'the Console went silent' : `${code} ${reason}`.trim()
}

/** Hands a newer token over without reconnecting. */
async function renew(connection: Connection, tools: SessionTools): Promise<void> {
  const next = await currentToken(tools)
  if (!next || next === connection.token) return
  connection.token = next
  connection.socket.renew(next)
}

/** Undefined when none can be had now: the heartbeat says so, and the old one may still be good. */
async function currentToken(tools: SessionTools): Promise<Secret | undefined> {
  return tools.console.token(tools).catch(() => undefined)
}

function whatIsGone(event: ConsoleEvent, own: OwnObjects): ObjectGone | undefined {
  if (event.type !== 'delete') return undefined
  const { ID } = event.entity
  if (event.identity === 'enforcer' && ID === own.enforcerId) return new ObjectGone('enforcer')
  return event.identity === 'processingunit' && ID === own.hostUnitId
    ? new ObjectGone('processing unit')
    : undefined
}
