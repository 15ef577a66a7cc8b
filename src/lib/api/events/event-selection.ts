import { evaluateFilter } from '../../../contract/filter/evaluate.ts'
import type { Filter } from '../../../contract/filter/filter.ts'
import { parseEventFilter, parseFilter } from '../../../contract/filter/parse.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { ConsoleEvent } from './console-event.ts'

/** What of one kind of object is wanted. */
export interface WantedEvents {
  /** All types when absent or empty. */
  readonly types?: readonly ConsoleEvent['type'][] | undefined
  /** In the filter language of section 1.7; about the object. */
  readonly filter?: string | undefined
}

/** By singular name: `enforcer`, `processingunit`. Empty for everything one may see. */
export type EventSelection = Readonly<Record<string, WantedEvents>>

/** What is sent to the Console for it. */
export interface PushConfig {
  readonly identities: Readonly<Record<string, readonly ConsoleEvent['type'][]>>
  readonly filters: Readonly<Record<string, string>>
}

export interface ParsedSelection {
  readonly config: PushConfig
  /** The same question asked here: the Console need not look at filters, and older ones do not. */
  readonly wants: (event: ConsoleEvent, now: Date) => boolean
}

/** Throws APO-INPUT-VALUE for a filter that is none. */
export function parseSelection(selection: EventSelection): ParsedSelection {
  const entries = Object.entries(selection)
  const filters = new Map(
    entries.flatMap(([identity, { filter }]) =>
      filter === undefined ? [] : [[identity, { text: filter, filter: parse(filter) }] as const],
    ),
  )
  // Filters with operators that the event socket does not have are applied here only.
  const sent = [...filters].filter(([, { text }]) => parseEventFilter(text).ok)
  return {
    config: {
      identities: Object.fromEntries(entries.map(([identity, { types = [] }]) => [identity, types])),
      filters: Object.fromEntries(sent.map(([identity, { text }]) => [identity, text])),
    },
    wants({ identity, type, entity }, now) {
      if (entries.length === 0) return true
      const wanted = Object.hasOwn(selection, identity) ? selection[identity] : undefined
      if (wanted === undefined) return false
      const { types = [] } = wanted
      if (types.length > 0 && !types.includes(type)) return false
      const asked = filters.get(identity)
      return asked === undefined || evaluateFilter(asked.filter, { object: { ...entity }, now, matches })
    },
  }
}

function parse(text: string): Filter {
  const filter = parseFilter(text)
  if (filter.ok) return filter.value
  throw new ApoctlError(['APO-INPUT-VALUE', `the filter is not understood: ${filter.problem}`], {
    hints: [`Write it as: operationalStatus == "Connected"`],
  })
}

/** The user's own pattern on the user's own machine. One only the Console's engine knows is left to it. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    return true
  }
}
