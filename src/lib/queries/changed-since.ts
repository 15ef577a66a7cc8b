import { entities } from '../../contract/entities/registry.ts'
import { textOf, type EntityDefinition, type WireObject } from '../../contract/entity/definition.ts'
import { collectionOf } from '../api/endpoints/collection.ts'
import { isAway } from '../api/is-away.ts'
import { measureClockSkew } from '../api/endpoints/meta.ts'
import type { ConsoleEvent } from '../api/events/console-event.ts'
import type { Clock } from '../async/clock.ts'
import type { Reporter } from '../progress/reporter.ts'
import type { QueryContext } from './list-objects.ts'
import { isOwnFault } from './one-by-one.ts'
import { offers } from './resource.ts'

/** What was sent at the last moment may not have arrived. */
const marginMs = 60_000
const againAfterMs = 2_000

/** An object that changed while nobody listened: created or updated, that is not told. */
export interface RelistedEvent extends ConsoleEvent {
  readonly relisted: true
}

interface Relisting {
  readonly listening: {
    /** Every kind when empty. */
    readonly kinds: readonly EntityDefinition[]
    readonly namespace: string
    readonly recursive: boolean
  }
  readonly context: RelistContext
}

type RelistContext = QueryContext & { readonly reporter: Reporter; readonly clock: Clock }

/** Goes on, kind by kind, until all of it was listed: the way that has just come back may break again. */
export async function* changedSince(
  atMs: number,
  { listening, context }: Relisting,
): AsyncGenerator<readonly RelistedEvent[], void, undefined> {
  const { kinds } = listening
  const all = kinds.length > 0 ? kinds : entities.all
  const left = all.filter((one) => offers(one, 'retrieve-many') && 'updateTime' in one.attributes)
  let since: Date | undefined
  while (left.length > 0) {
    try {
      since ??= await byClockOfConsole(atMs - marginMs, context)
      const [kind] = left
      if (kind !== undefined) yield* changedOfKind(kind, { listening, context, since })
      left.shift()
    } catch (error) {
      if (!isAway(error)) throw error
      const text = `what changed cannot be listed yet: ${error.message}`
      context.reporter.report({ type: 'debug', subject: context.console.api, text })
      await context.clock.sleep(againAfterMs, { signal: context.signal })
    }
  }
}

/** Times of objects are those of the Console. */
async function byClockOfConsole(atMs: number, { console, clock, signal }: RelistContext): Promise<Date> {
  const { skewMs } = await measureClockSkew(console, { nowMs: () => clock.nowMs(), signal })
  return new Date(atMs + skewMs)
}

async function* changedOfKind(
  { category, name: identity }: EntityDefinition,
  { listening, context, since }: Relisting & { readonly since: Date },
): AsyncGenerator<readonly RelistedEvent[], void, undefined> {
  const { namespace, recursive } = listening
  const { console, signal } = context
  const query = { namespace, recursive, filter: `updateTime >= date("${since.toISOString()}")` }
  try {
    for await (const page of collectionOf<WireObject>(category, console).pages(query, { signal }))
      yield page.map((entity) => {
        const timestamp = textOf(entity, 'updateTime')
        return { type: 'update', identity, entity, timestamp, relisted: true }
      })
  } catch (error) {
    // A kind that this Console does not have, or does not show us, has no events for us either.
    if (!isOwnFault(error)) throw error
  }
}
