import { entities } from '../../contract/entities/registry.ts'
import { textOf, type EntityDefinition, type WireObject } from '../../contract/entity/definition.ts'
import type { ConsoleEvent } from '../api/events/console-event.ts'
import { collectionOf } from '../api/endpoints/collection.ts'
import { followEvents } from '../api/events/follow-events.ts'
import type { Clock } from '../async/clock.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { exitCode } from '../errors/exit-code.ts'
import type { Reporter } from '../progress/reporter.ts'
import type { QueryContext } from './list-objects.ts'
import { offers, resourceNamed } from './resource.ts'
import type { ShownObjects } from './shown-objects.ts'

export interface ListenOptions {
  /** Kinds of objects; everything one may see when empty. */
  readonly identities: readonly string[]
  readonly namespace: string
  readonly recursive: boolean
  /** True for the event as the Console sends it, false for what fits on a line. */
  readonly whole: boolean
}

export type ListenContext = QueryContext & { readonly reporter: Reporter; readonly clock: Clock }

/** Clocks differ, and what was sent at the last moment may not have arrived. */
const marginMs = 60_000

/**
 * What happens on the Console, as it happens, until the run is stopped. Events that a lost connection has
 * swallowed do not come again: what changed since is listed instead, as events with `relisted`.
 */
export function listenToObjects(options: ListenOptions, context: ListenContext): ShownObjects {
  const kinds = options.identities.map(resourceNamed)
  const columns = ['timestamp', 'type', 'identity', 'name', 'namespace', 'ID']
  return { resource: 'events', columns, pages: pagesOf({ ...options, kinds }, context) }
}

type Listening = ListenOptions & { readonly kinds: readonly EntityDefinition[] }

async function* pagesOf(
  listening: Listening,
  context: ListenContext,
): AsyncGenerator<readonly WireObject[], void, undefined> {
  const { kinds, namespace, recursive, whole } = listening
  const selection = Object.fromEntries(kinds.map(({ name }) => [name, {}]))
  const shown = (event: ConsoleEvent): WireObject => (whole ? { ...event } : onOneLine(event))
  const say = (type: 'note' | 'warning', text: string): void =>
    context.reporter.report({ type, subject: context.console.api, text })
  for await (const notice of followEvents({ namespace, recursive, selection }, context)) {
    switch (notice.kind) {
      case 'connected':
        say('note', `listening to ${namespace}${recursive ? ' and below' : ''}`)
        break
      case 'gap': {
        const seconds = Math.ceil(notice.lostForMs / 1000)
        say(
          'warning',
          `no events for ${seconds} s (${notice.reason}); what changed is listed, deletions are unknown`,
        )
        const sinceMs = context.clock.nowMs() - notice.lostForMs - marginMs
        for await (const page of changedSince(new Date(sinceMs), { listening, context }))
          yield page.map(shown)
        break
      }
      case 'event':
        yield [shown(notice.event)]
        break
    }
  }
}

interface RelistedEvent extends ConsoleEvent {
  readonly relisted: true
}

async function* changedSince(
  since: Date,
  { listening, context }: { readonly listening: Listening; readonly context: ListenContext },
): AsyncGenerator<readonly RelistedEvent[], void, undefined> {
  const { kinds, namespace, recursive } = listening
  const all = kinds.length > 0 ? kinds : entities.all
  const listed = all.filter((one) => offers(one, 'retrieve-many') && 'updateTime' in one.attributes)
  const query = { namespace, recursive, filter: `updateTime >= date("${since.toISOString()}")` }
  for (const { category, name: identity } of listed) {
    const pages = collectionOf<WireObject>(category, context.console).pages(query, { signal: context.signal })
    try {
      for await (const page of pages)
        yield page.map((entity) => {
          const timestamp = textOf(entity, 'updateTime')
          return { type: 'update', identity, entity, timestamp, relisted: true }
        })
    } catch (error) {
      // A kind that this Console does not have, or does not show us, has no events for us either.
      const isNotForUs =
        error instanceof ApoctlError && [exitCode.no, exitCode.denied].includes(error.exitCode as 1)
      if (!isNotForUs) throw error
    }
  }
}

function onOneLine({ timestamp, type, identity, entity }: ConsoleEvent): WireObject {
  const { name, namespace, ID } = entity
  return { timestamp, type, identity, name, namespace, ID }
}
