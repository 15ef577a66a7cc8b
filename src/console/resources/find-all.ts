import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import type { Filter, ValueOperator } from '../../contract/filter/filter.ts'
import { nowOf, type ConsoleServices } from '../services.ts'

export interface Wanted {
  readonly definition: EntityDefinition
  readonly filter?: Filter | undefined
  /** In this namespace and, unless `recursive` is false, below; everywhere when it is left out. */
  readonly namespace?: string
  readonly recursive?: boolean
  /** With what namespaces above share. */
  readonly propagated?: boolean
}

/** Every object that the Console itself looks for, as it is stored, whoever asks. */
export function findAll(wanted: Wanted, services: ConsoleServices): readonly WireObject[] {
  const { definition, filter, namespace = '/', recursive = true, propagated = false } = wanted
  return services.store.list(definition, {
    filter,
    scope: { namespace, recursive, propagated },
    order: [],
    paging: { type: 'all' },
    now: nowOf(services),
    complete: (object) => object,
  }).objects
}

/** Compares one attribute. */
export function where(key: string, compared: readonly [ValueOperator, string | readonly string[]]): Filter {
  const [operator, value] = compared
  return { kind: 'comparison', key, operator, value }
}
