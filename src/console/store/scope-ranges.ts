import type { EntityDefinition } from '../../contract/entity/definition.ts'
import { namespacesAbove } from '../../contract/namespace-name.ts'
import { allConditions, condition, type SqlCondition } from './sql-condition.ts'
import type { Scope } from './store.ts'

/** Namespaces that lie next to each other when they are in order. */
export interface NamespaceRange {
  readonly from: string
  /** The first that is no longer part of it; absent when it is one namespace. */
  readonly below?: string
  /** Without the first one. */
  readonly behindFrom?: true
  /** Of a single namespace, only objects made after this one. */
  readonly afterSequence?: number
  /** Only objects that propagate. */
  readonly shared?: true
}

/** The namespaces of a scope, in order. What is below `/a` is from `/a/` to `/a0`: 0 follows the slash in ASCII. */
export function rangesOf({ namespace, recursive, propagated }: Scope): readonly NamespaceRange[] {
  const above = propagated ? namespacesAbove(namespace).reverse() : []
  return [
    ...above.map((from) => ({ from, shared: true as const })),
    ...(recursive && namespace === '/' ? [{ from: '/', below: '0' }] : [{ from: namespace }]),
    ...(recursive && namespace !== '/' ? [{ from: `${namespace}/`, below: `${namespace}0` }] : []),
  ]
}

export function rangeSql(range: NamespaceRange, by: SharedBy): SqlCondition {
  const { from, below, behindFrom, afterSequence } = range
  const isBelow = `namespace ${behindFrom === true ? '>' : '>='} ? AND namespace < ?`
  const place = below === undefined ? condition('namespace = ?', from) : condition(isBelow, from, below)
  return allConditions(
    place,
    ...(afterSequence === undefined ? [] : [condition('sequence > ?', afterSequence)]),
    ...(range.shared === true ? [condition(sharedSql(by))] : []),
  )
}

type SharedBy = Pick<EntityDefinition, 'propagates'>

/** What namespaces below see of an object, because the entity or the object says so. */
function sharedSql({ propagates }: SharedBy): string {
  const shared = propagates === true ? '1' : "json_extract(object, '$.propagate') = 1"
  return `${shared} AND NOT COALESCE(json_extract(object, '$.propagationHidden'), 0)`
}

/** The scope as one condition. Not `indexed` keeps SQLite from going by namespaces where that is the longer way. */
export function scopeSql(
  scope: Scope,
  { definition, indexed }: { readonly definition: SharedBy; readonly indexed: boolean },
): SqlCondition {
  const ranges = rangesOf(scope).map((range) => rangeSql(range, definition))
  const sql = `(${ranges.map((range) => `(${range.sql})`).join(' OR ')})`
  return {
    sql: indexed ? sql : sql.replaceAll('namespace ', '+namespace '),
    values: ranges.flatMap(({ values }) => values),
  }
}

/** What of a range comes behind an object, when objects are in the order of namespaces and of their making. */
export function rangeBehind(
  range: NamespaceRange,
  { namespace, sequence }: { readonly namespace: string; readonly sequence: number },
): readonly NamespaceRange[] {
  const { from, below, shared } = range
  if (from > namespace) return [range]
  const here = { from: namespace, afterSequence: sequence, ...(shared === true ? { shared } : {}) }
  if (below === undefined) return from === namespace ? [here] : []
  return below > namespace ? [here, { ...range, from: namespace, behindFrom: true }] : []
}
