import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import type { ConsoleEvent } from '../api/events/console-event.ts'
import { followEvents } from '../api/events/follow-events.ts'
import type { Clock } from '../async/clock.ts'
import type { Reporter } from '../progress/reporter.ts'
import { changedSince, type RelistedEvent } from './changed-since.ts'
import type { QueryContext } from './list-objects.ts'
import { resourceNamed } from './resource.ts'
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
      case 'waiting':
        say('warning', `waiting: ${notice.reason}`)
        break
      case 'gap': {
        const lostAtMs = context.clock.nowMs() - notice.lostForMs
        const seconds = Math.ceil(notice.lostForMs / 1000)
        say(
          'warning',
          `no events for ${seconds} s (${notice.reason}); what changed is listed, deletions are unknown`,
        )
        for await (const page of changedSince(lostAtMs, { listening, context })) yield page.map(shown)
        break
      }
      case 'event':
        yield [shown(notice.event)]
        break
    }
  }
}

function onOneLine(event: ConsoleEvent | RelistedEvent): WireObject {
  const { timestamp, identity, entity } = event
  const { name, namespace, ID } = entity
  // Made or changed: that is not told of what is listed.
  const type = 'relisted' in event ? 'relisted' : event.type
  return { timestamp, type, identity, name, namespace, ID }
}
