import { attributeOf, type EntityDefinition } from '../../contract/entity/definition.ts'
import { refuse } from '../refused-request.ts'
import type { Place } from './cursor.ts'
import { valueSql } from './indexes.ts'
import { condition, type SqlCondition } from './sql-condition.ts'
import type { Order } from './store.ts'

/** Something that objects are ordered by. */
export interface OrderKey {
  readonly sql: string
  readonly descending: boolean
}

/**
 * What a list is ordered by: the attributes that were asked for, and in the end always namespace and
 * sequence, so that the order is total and pages neither overlap nor lack anything.
 */
export function orderKeys(definition: EntityDefinition, order: readonly Order[]): readonly OrderKey[] {
  const descending = order.at(-1)?.descending ?? false
  return [
    ...order.map((term) => ({ sql: orderedValue(definition, term.attribute), descending: term.descending })),
    { sql: 'namespace', descending },
    { sql: 'sequence', descending },
  ]
}

function orderedValue(definition: EntityDefinition, name: string): string {
  if (attributeOf(definition, name) !== undefined) return valueSql(name)
  throw refuse(400, `Parameter 'order': objects of ${definition.name} have no attribute '${name}'`)
}

export function orderBySql(keys: readonly OrderKey[]): string {
  return keys.map(({ sql, descending }) => `${sql} ${descending ? 'DESC' : 'ASC'}`).join(', ')
}

/** Part of what is behind a place, and the keys that still make a difference in it. */
export interface Behind {
  readonly where: SqlCondition
  readonly keys: readonly OrderKey[]
}

/**
 * Everything behind a place, in parts whose rows come one after the other: equal in all keys but the last,
 * then in all but the last two, and so on. Each by itself is one way down an index on the keys; SQLite would
 * sort it if it had to put in order what it does not know to be equal.
 */
export function behind(keys: readonly OrderKey[], place: Place): readonly Behind[] {
  return keys
    .map(({ sql, descending }, index) => {
      const equal = keys.slice(0, index).map((key) => `${key.sql} = ?`)
      const conditions = [...equal, `${sql} ${descending ? '<' : '>'} ?`].join(' AND ')
      return { where: condition(conditions, ...place.slice(0, index + 1)), keys: keys.slice(index) }
    })
    .reverse()
}

/** The same as one condition. */
export function anyBehind(keys: readonly OrderKey[], place: Place): SqlCondition {
  const parts = behind(keys, place).map(({ where }) => where)
  return condition(
    `(${parts.map(({ sql }) => `(${sql})`).join(' OR ')})`,
    ...parts.flatMap(({ values }) => values),
  )
}
