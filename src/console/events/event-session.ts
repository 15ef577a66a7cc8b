import type { RawData, WebSocket } from 'ws'
import { authenticate, recognize, type AuthenticationContext } from '../auth/authenticate.ts'
import { mayListenIn } from '../auth/authorize.ts'
import type { Principal } from '../auth/principal.ts'
import { refuse, RefusedRequest } from '../refused-request.ts'
import { nowOf, type ConsoleServices, type ObjectEvent } from '../services.ts'
import { mayChangeReader } from './may-change-reader.ts'
import type { Encoding } from '../wire/encoding.ts'
import { errorMessage, type EventMessage } from './event-message.ts'
import { everything, readPushConfig, type PushConfig } from './push-config.ts'
import { isInScope, isWanted, maySee, type ListeningPlace } from './reader-view.ts'

export interface SessionOptions extends ListeningPlace {
  readonly socket: WebSocket
  /** Bad messages are answered with an error event, and do not close the socket. */
  readonly answersErrors: boolean
  /** How the reader writes, and how it wants to read. */
  readonly reads: Encoding
  readonly writes: Encoding
  readonly clientAddress: string
  readonly token: string
}

/** Close codes: what the reader should do next is in the reason. */
const closeCodes = { badMessage: 1003, unauthorized: 1008, goingAway: 1001, slow: 1013 } as const

/** Timers count in 32 bits, and what is longer ends at once. */
const longestTimerMs = 2 ** 31 - 1

/** One reader of events. */
export class EventSession {
  readonly #options: SessionOptions
  readonly #services: ConsoleServices
  #principal: Principal
  #token: string
  #config: PushConfig = everything
  #waiting = 0
  #muted = false
  #expiry: NodeJS.Timeout | undefined
  #identifying: Promise<void> = Promise.resolve()

  constructor(options: SessionOptions & { readonly principal: Principal }, services: ConsoleServices) {
    this.#options = options
    this.#services = services
    this.#principal = options.principal
    this.#token = options.token
    this.#watchExpiry()
    options.socket.on('message', (data) => void this.#configure(data))
    options.socket.on('close', () => clearTimeout(this.#expiry))
  }

  /** Sends the event if this reader may see it and wants it. */
  offer(message: EventMessage): void {
    const { event } = message
    if (this.#muted || !isInScope(event, this.#options)) return
    const services = this.#services
    if (!isWanted(event, { config: this.#config, services })) return
    const { namespace, writes } = this.#options
    if (maySee(event, { principal: this.#principal, namespace, services })) this.#send(message.in(writes))
  }

  /** Whether the reader is still who it was: its credential may have been disabled or removed. */
  async recheck(): Promise<void> {
    await this.#become(() => recognize(this.#token, this.#context()))
  }

  /** Goes on with a newer token, which counts as a use of it. */
  async #renew(token: string): Promise<void> {
    await this.#become(async () => {
      const principal = await authenticate(token, this.#context())
      this.#token = token
      return principal
    })
  }

  #context(): AuthenticationContext {
    return { services: this.#services, clientAddress: this.#options.clientAddress }
  }

  /** One after the other: an older look at who this is must not have the last word. */
  #become(identify: () => Promise<Principal>): Promise<void> {
    this.#identifying = this.#identifying.catch(() => undefined).then(() => this.#identify(identify))
    return this.#identifying
  }

  async #identify(identify: () => Promise<Principal>): Promise<void> {
    const { namespace } = this.#options
    try {
      this.#principal = await identify()
      if (!mayListenIn(this.#principal, namespace)) {
        throw refuse(403, `You are not allowed to hear of namespace '${namespace}'`)
      }
      this.#watchExpiry()
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error
      this.#close('unauthorized', error.message)
    }
  }

  /** Whether the event may have changed what this reader is or may do. */
  isConcernedBy(event: ObjectEvent): boolean {
    return mayChangeReader(event, this.#principal.claims)
  }

  stop(): void {
    this.#close('goingAway', 'the Console stops')
  }

  async #configure(data: RawData): Promise<void> {
    if (!this.#maySpeak()) return
    // ws gives one Buffer a message unless told otherwise. Whether it says text or binary means nothing: the
    // official subscriber sends everything as text.
    const config = readPushConfig(data as Buffer, this.#options.reads)
    if (!config.ok) {
      this.#complain(config.problem)
      return
    }
    this.#muted = false
    this.#config = config.value
    if (config.value.token !== undefined) await this.#renew(config.value.token)
  }

  /** What a reader says counts as a request, and one that says too much has to come back later. */
  #maySpeak(): boolean {
    try {
      this.#services.traffic.countClient(this.#principal.claims)
      return true
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error
      this.#close('slow', error.message)
      return false
    }
  }

  #complain(text: string): void {
    if (!this.#options.answersErrors) {
      this.#close('badMessage', text)
      return
    }
    this.#muted = true
    const error = { code: 400, title: 'Bad Request', description: text, subject: 'console' }
    const now = nowOf(this.#services)
    this.#send(errorMessage(error, { encoding: this.#options.writes, now }))
  }

  #send(message: Buffer): void {
    if (this.#waiting >= this.#services.limits.eventQueueLength) {
      this.#services.world.note({ type: 'reader-dropped', principal: this.#principal.key })
      this.#close('slow', 'too slow: connect again and list again')
      return
    }
    this.#waiting++
    const { socket, writes } = this.#options
    // A text has to be UTF-8.
    socket.send(message, { binary: writes === 'msgpack' }, () => this.#waiting--)
  }

  #close(why: keyof typeof closeCodes, reason: string): void {
    const { socket } = this.#options
    this.#muted = true
    // The protocol allows 123 bytes.
    socket.close(
      closeCodes[why],
      Buffer.from(reason)
        .subarray(0, 120)
        .toString('utf8')
        .replace(/\uFFFD$/, ''),
    )
    // A reader that reads nothing never answers the close.
    setTimeout(() => socket.terminate(), 1000).unref()
  }

  #watchExpiry(): void {
    clearTimeout(this.#expiry)
    const ms = this.#principal.claims.exp * 1000 - nowOf(this.#services).getTime()
    if (ms <= 0) {
      this.#close('unauthorized', 'the token has expired')
      return
    }
    this.#expiry = setTimeout(() => this.#watchExpiry(), Math.min(ms, longestTimerMs))
    this.#expiry.unref()
  }
}
