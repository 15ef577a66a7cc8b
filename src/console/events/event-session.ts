import type { RawData, WebSocket } from 'ws'
import { isWithinNamespace } from '../../contract/namespace-name.ts'
import { entities } from '../../contract/entities/registry.ts'
import { authenticate, recognize, type AuthenticationContext } from '../auth/authenticate.ts'
import { mayListenIn, reachOf } from '../auth/authorize.ts'
import type { Principal } from '../auth/principal.ts'
import { refuse, RefusedRequest } from '../refused-request.ts'
import { resourceByName } from '../resources/call-resource.ts'
import { isOwnOf } from '../resources/own-objects.ts'
import { matchesNow } from '../resources/read-query.ts'
import { nowOf, type ConsoleServices, type ObjectEvent } from '../services.ts'
import { mayChangeReader } from './may-change-reader.ts'
import { everything, readPushConfig, type PushConfig } from './push-config.ts'

export interface SessionOptions {
  readonly socket: WebSocket
  readonly namespace: string
  /** With the namespaces below. */
  readonly recursive: boolean
  /** Bad messages are answered with an error event, and do not close the socket. */
  readonly answersErrors: boolean
  readonly clientAddress: string
  readonly token: string
}

/** Close codes: what the reader should do next is in the reason. */
const closeCodes = { badMessage: 1003, unauthorized: 1008, goingAway: 1001, slow: 1013 } as const

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

  constructor(options: SessionOptions & { readonly principal: Principal }, services: ConsoleServices) {
    this.#options = options
    this.#services = services
    this.#principal = options.principal
    this.#token = options.token
    this.#watchExpiry()
    options.socket.on('message', (data, isBinary) => void this.#configure(data, isBinary))
    options.socket.on('close', () => clearTimeout(this.#expiry))
  }

  /** Sends the event if this reader may see it and wants it. */
  offer(event: ObjectEvent): void {
    if (this.#muted || !this.#isInScope(event) || !this.#isWanted(event) || !this.#maySee(event)) return
    const { type, identity, object } = event
    const timestamp = nowOf(this.#services).toISOString()
    this.#send({ entity: object, identity, type, timestamp, encoding: 'application/json' })
  }

  /** Whether the reader is still who it was: its credential may have been disabled or removed. */
  async recheck(): Promise<void> {
    await this.#become(() => recognize(this.#token, this.#context()))
  }

  /** Goes on with a newer token, which counts as a use of it. */
  async #renew(token: string): Promise<void> {
    await this.#become(() => authenticate(token, this.#context()))
    this.#token = token
  }

  #context(): AuthenticationContext {
    return { services: this.#services, clientAddress: this.#options.clientAddress }
  }

  async #become(identify: () => Promise<Principal>): Promise<void> {
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

  async #configure(data: RawData, isBinary: boolean): Promise<void> {
    // ws gives one Buffer a message unless told otherwise.
    const config = isBinary || !Buffer.isBuffer(data) ? undefined : readPushConfig(data.toString('utf8'))
    if (config?.ok !== true) {
      this.#complain(config?.problem ?? 'the message is not text')
      return
    }
    this.#muted = false
    this.#config = config.value
    if (config.value.token !== undefined) await this.#renew(config.value.token)
  }

  #complain(text: string): void {
    if (!this.#options.answersErrors) {
      this.#close('badMessage', text)
      return
    }
    this.#muted = true
    const entity = {
      code: 400,
      title: 'Bad Request',
      description: text,
      subject: 'console',
      trace: 'unknown',
    }
    const timestamp = nowOf(this.#services).toISOString()
    this.#send({ entity, identity: '', type: 'error', timestamp, encoding: 'application/json' })
  }

  #isInScope({ identity, object }: ObjectEvent): boolean {
    const { namespace, recursive } = this.#options
    const place = String(object['namespace'])
    if (place === namespace) return true
    if (recursive && isWithinNamespace(place, namespace)) return true
    const shared = object['propagate'] === true || entities.byName(identity)?.propagates === true
    const propagates = shared && object['propagationHidden'] !== true
    return propagates && isWithinNamespace(namespace, place)
  }

  #isWanted({ identity, type, object }: ObjectEvent): boolean {
    const { identities, filters } = this.#config
    const types = identities === undefined ? [] : identities.get(identity)
    if (types === undefined || (types.length > 0 && !types.includes(type))) return false
    const filter = filters.get(identity)
    return filter === undefined || matchesNow(filter, { object, services: this.#services })
  }

  /** Only what the reader could get by asking. */
  #maySee({ identity, object }: ObjectEvent): boolean {
    const definition = entities.byName(identity)
    const resource = resourceByName(identity)
    if (definition === undefined || resource === undefined) return false
    const { namespace } = this.#options
    const reach = reachOf(this.#principal, { definition, operation: 'retrieve', namespace })
    if (reach !== 'own') return reach === 'all'
    return isOwnOf({ resource, object, principal: this.#principal }, this.#services)
  }

  #send(message: unknown): void {
    if (this.#waiting >= this.#services.limits.eventQueueLength) {
      this.#services.world.note({ type: 'reader-dropped', principal: this.#principal.key })
      this.#close('slow', 'too slow: connect again and list again')
      return
    }
    this.#waiting++
    this.#options.socket.send(JSON.stringify(message), () => this.#waiting--)
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
    // Timers count in 32 bits; a session that long is checked again then.
    this.#expiry = setTimeout(
      () => this.#close('unauthorized', 'the token has expired'),
      Math.min(ms, 2 ** 31 - 1),
    )
    this.#expiry.unref()
  }
}
