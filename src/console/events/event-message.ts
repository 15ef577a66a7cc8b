import { entities } from '../../contract/entities/registry.ts'
import type { WireError } from '../../contract/wire-error.ts'
import type { ObjectEvent } from '../services.ts'
import { encodeValue } from '../wire/encode.ts'
import { mediaTypes, type Encoding } from '../wire/encoding.ts'

/** An event as it is sent: written once in each encoding that somebody wants, however many read it. */
export interface EventMessage {
  readonly event: ObjectEvent
  in(encoding: Encoding): Buffer
}

export function createEventMessage(event: ObjectEvent, now: Date): EventMessage {
  const written = new Map<Encoding, Buffer>()
  const { identity, type, object } = event
  return {
    event,
    in: (encoding) => {
      const known = written.get(encoding)
      if (known !== undefined) return known
      const message = writeMessage({ identity, type, entity: object, now }, encoding)
      written.set(encoding, message)
      return message
    },
  }
}

/** What a reader hears of its own mistake. */
export function errorMessage(
  error: WireError,
  { encoding, now }: { readonly encoding: Encoding; readonly now: Date },
): Buffer {
  const entity = { ...error, trace: 'unknown' }
  return writeMessage({ identity: '', type: 'error', entity, now }, encoding)
}

interface Written {
  readonly identity: string
  readonly type: string
  readonly entity: object
  readonly now: Date
}

/** In msgpack the entity is bytes, which are msgpack again, and the time is a timestamp. */
function writeMessage({ identity, type, entity, now }: Written, encoding: Encoding): Buffer {
  const definition = entities.byName(identity)
  const packed = encoding === 'msgpack'
  return encodeValue(
    {
      entity: packed ? encodeValue(entity, { encoding, definition }) : entity,
      identity,
      type,
      timestamp: packed ? now : now.toISOString(),
      encoding: mediaTypes[encoding],
    },
    { encoding },
  )
}
