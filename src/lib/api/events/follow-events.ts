import type { Clock } from '../../async/clock.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { ConsoleClient } from '../console-client.ts'
import { askedRestMs, isWorthRetrying } from '../errors.ts'
import { isAway } from '../is-away.ts'
import { readTokenLife } from '../session/token-claims.ts'
import type { ConsoleEvent, EventMessage } from './console-event.ts'
import { parseSelection, type EventSelection, type ParsedSelection } from './event-selection.ts'
import { openEventSocket, type EventSocket, type SocketEnd } from './event-socket.ts'
import { createInbox, type Inbox } from './inbox.ts'

export interface FollowOptions {
  /** Instead of the client's own. */
  readonly namespace?: string | undefined
  /** Also the namespaces below. */
  readonly recursive?: boolean | undefined
  readonly selection: EventSelection
}

export interface FollowWorld {
  readonly console: ConsoleClient
  readonly clock: Clock
  readonly signal: AbortSignal
}

export type EventNotice =
  | { readonly kind: 'event'; readonly event: ConsoleEvent }
  /** The first connection is there: what happens from now on is heard. */
  | { readonly kind: 'connected' }
  /** The Console wants to be left alone for a while, for that reason; then the connection is tried again. */
  | { readonly kind: 'waiting'; readonly forMs: number; readonly reason: string }
  /**
   * The connection was lost and is there again. Nothing is replayed, so what happened since the last sign of
   * life, `lostForMs` ago by the clock on the wall, went unheard: list again.
   */
  | { readonly kind: 'gap'; readonly lostForMs: number; readonly reason: string }

/** The first connection is a call like others: somebody waits. Later ones are tried for ever. */
const firstAttempts = 5
/** A connection that held so long was a good one: the next wait starts from the bottom. */
const goodConnectionMs = 10_000
const longestWaitMs = 8_000
/** A Console that asks for more is not waited for by somebody; and by nobody for longer. */
const longestRestMs = { soon: 30_000, 'for ever': 600_000 }
const slowestRenewalCheckMs = 60_000
const badMessage = 1003

/**
 * What happens on the Console, as it happens, for ever: lost connections are made again, tokens renewed.
 * Rejects with APO-INPUT-VALUE for a filter that is none, with APO-API-* when the Console refuses us or
 * cannot be reached at first, and with the signal's reason.
 */
export async function* followEvents(
  options: FollowOptions,
  world: FollowWorld,
): AsyncGenerator<EventNotice, never, undefined> {
  const following = { ...options, parsed: parseSelection(options.selection) }
  let lost: { readonly atMs: number; readonly reason: string } | undefined
  let restMs = 0
  for (let tries = 0; ; tries += 1) {
    await world.clock.sleep(restMs + reconnectWaitMs(tries), { signal: world.signal })
    const mayFail = lost === undefined ? tries < firstAttempts - 1 && 'soon' : 'for ever'
    const connection = await connect(following, { ...world, mayFail })
    if ('forMs' in connection) {
      restMs = connection.forMs
      if (restMs > 0) yield { kind: 'waiting', ...connection }
      continue
    }
    restMs = 0
    const openedAtMs = world.clock.nowMs()
    try {
      yield lost === undefined
        ? { kind: 'connected' }
        : { kind: 'gap', lostForMs: Math.max(0, openedAtMs - lost.atMs), reason: lost.reason }
      yield* eventsOf(connection, { ...world, parsed: following.parsed })
    } finally {
      connection.socket.close()
    }
    const reason = reasonOf(await connection.socket.closed)
    world.signal.throwIfAborted()
    lost = { atMs: connection.aliveAtMs(), reason }
    if (lost.atMs - openedAtMs > goodConnectionMs) tries = -1
  }
}

/** As the official subscriber: at once, then 3 ms, 15 ms, 63 ms … up to 8 s. */
export function reconnectWaitMs(tries: number): number {
  return Math.min(4 ** tries - 1, longestWaitMs)
}

interface Connection {
  readonly socket: EventSocket
  readonly inbox: Inbox<EventMessage>
  /** When the Console was last heard of. A machine that slept finds out long after. */
  readonly aliveAtMs: () => number
}

type Following = FollowOptions & { readonly parsed: ParsedSelection }

/** Failed, and trying again may help, after whatever rest the Console asked for. */
interface FailedConnection {
  readonly forMs: number
  readonly reason: string
}

async function connect(
  following: Following,
  world: FollowWorld & { readonly mayFail: 'soon' | 'for ever' | false },
): Promise<Connection | FailedConnection> {
  try {
    return await connectAsSomebody(following, world)
  } catch (error) {
    world.signal.throwIfAborted()
    if (world.mayFail === false || !isPassing(error, world.mayFail)) throw error
    const restMs = askedRestMs(error) ?? 0
    if (world.mayFail === 'soon' && restMs > longestRestMs.soon) throw error
    const reason = error instanceof Error ? error.message : String(error)
    return { forMs: Math.min(restMs, longestRestMs['for ever']), reason }
  }
}

/** What heals in a second, when somebody waits for the first connection; later whatever is not a no. */
function isPassing(error: unknown, patience: 'soon' | 'for ever'): boolean {
  if (!(error instanceof ApoctlError)) return isWorthRetrying(error)
  return isWorthRetrying(error.cause) || (patience === 'for ever' && isAway(error))
}

/** When the Console does not take the token, once more with a new one. */
async function connectAsSomebody(following: Following, world: FollowWorld): Promise<Connection> {
  const { console, signal } = world
  const token = await console.token({ signal })
  try {
    return await open(following, { ...world, token })
  } catch (error) {
    const refused = error instanceof ApoctlError && ['APO-API-AUTH', 'APO-API-FORBIDDEN'].includes(error.code)
    const next = refused ? await console.replaceToken(token, { signal }) : undefined
    if (next === undefined) throw error
    return open(following, { ...world, token: next })
  }
}

async function open(
  following: Following,
  world: FollowWorld & { readonly token: Secret },
): Promise<Connection> {
  const { console, signal, token } = world
  let aliveAtMs = world.clock.nowMs()
  const inbox = createInbox<EventMessage>({ pause: () => socket.pause(), resume: () => socket.resume() })
  const socket: EventSocket = await openEventSocket({
    api: console.api,
    trust: console.trust,
    proxy: console.proxy,
    trace: console.trace,
    namespace: following.namespace ?? console.namespace,
    recursive: following.recursive,
    config: following.parsed.config,
    token,
    signal,
    onMessage: (message) => inbox.put(message),
    onAlive: () => (aliveAtMs = world.clock.nowMs()),
  })
  const stopRenewing = keepTokenFresh({ socket, token }, world)
  void socket.closed.then((end) => {
    stopRenewing()
    inbox.end(refusalIn(end, console.api))
  })
  return { socket, inbox, aliveAtMs: () => aliveAtMs }
}

async function* eventsOf(
  { inbox }: Connection,
  world: FollowWorld & { readonly parsed: ParsedSelection },
): AsyncGenerator<EventNotice, void, undefined> {
  for await (const message of inbox.items()) {
    if (message.kind === 'complaint') throw notUnderstood(world.console.api, message.error.description)
    const { event } = message
    if (world.parsed.wants(event, new Date(world.clock.nowMs()))) yield { kind: 'event', event }
  }
}

/** Hands newer tokens over as the client gets them; several looks in the life of each. */
function keepTokenFresh(
  { socket, token }: { readonly socket: EventSocket; readonly token: Secret },
  { console, signal }: FollowWorld,
): () => void {
  const { lifeMs = Infinity } = readTokenLife(token)
  let known = token
  const look = async () => {
    // When none can be had now, the next look may get one, and the Console says when it is too late.
    const next = await console.token({ signal }).catch(() => undefined)
    if (next === undefined || next === known) return
    known = next
    socket.renew(next)
  }
  const timer = setInterval(() => void look(), Math.min(lifeMs / 8, slowestRenewalCheckMs))
  return () => clearInterval(timer)
}

function refusalIn({ code, reason }: SocketEnd, api: string): ApoctlError | undefined {
  return code === badMessage ? notUnderstood(api, reason) : undefined
}

function notUnderstood(api: string, reason: string): ApoctlError {
  return new ApoctlError(['APO-API-REJECTED', `${api} does not take what was asked of its events: ${reason}`])
}

function reasonOf({ code, reason, silent }: SocketEnd): string {
  if (silent) return 'the Console went silent'
  return reason === '' ? `the connection ended (${code})` : reason
}
