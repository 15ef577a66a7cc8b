import {
  attributeOf,
  zeroTime,
  type AttributeDefinition,
  type EntityDefinition,
} from '../../contract/entity/definition.ts'
import { resolveScalar } from '../../contract/filter/evaluate.ts'
import {
  isList,
  valuesOf,
  type Comparison,
  type Existence,
  type Filter,
  type FilterScalar,
  type Group,
} from '../../contract/filter/filter.ts'
import { refuse } from '../refused-request.ts'
import { attributeSql, indexedAttributes, valueSql } from './indexes.ts'
import type { SqlCondition, SqlValue } from './sql-condition.ts'

export interface SqlFilter extends SqlCondition {
  /** False when SQL finds too much, and each object found has to be asked again in memory. */
  readonly exact: boolean
  /** True when an index leads straight to what it finds. */
  readonly selective: boolean
}

export interface FilterTarget {
  readonly definition: EntityDefinition
  readonly now: Date
  /** How many groups are around. */
  readonly depth?: number
}

/** The parser of SQLite gives up at about a hundred things inside each other; memory asks the rest. */
const maxDepth = 16

const nothing: SqlFilter = { sql: '0', values: [], exact: true, selective: true }
const askAgain: SqlFilter = { sql: '1', values: [], exact: false, selective: false }

/**
 * Says a filter in SQL. Values are always bound; names of attributes come from the definition, never from
 * the client. What SQL cannot say becomes true: filters have no negation around groups, so the result is
 * too much at worst, and `exact` says so.
 */
export function filterToSql(filter: Filter, target: FilterTarget): SqlFilter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return group(filter, target)
    case 'existence':
      return existence(filter, subjectOf(filter.key, target))
    case 'comparison':
      return comparison(filter, { ...subjectOf(filter.key, target), now: target.now })
    default:
      filter satisfies never
      return nothing
  }
}

function group({ kind, parts }: Group, target: FilterTarget): SqlFilter {
  const { depth = 0 } = target
  if (depth >= maxDepth) return askAgain
  const conditions = parts.map((part) => filterToSql(part, { ...target, depth: depth + 1 }))
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(kind === 'and' ? ' AND ' : ' OR ')})`,
    values: conditions.flatMap(({ values }) => values),
    exact: conditions.every(({ exact }) => exact),
    selective:
      kind === 'and'
        ? conditions.some(({ selective }) => selective)
        : conditions.every(({ selective }) => selective),
  }
}

interface Subject {
  readonly attribute: AttributeDefinition
  readonly name: string
  readonly sql: string
  /** What an index is on, if there is one. */
  readonly indexed: string | undefined
}

/** Kept in columns of their own too. */
const columns: Readonly<Record<string, string>> = { ID: 'id', namespace: 'namespace' }

function subjectOf(name: string, { definition }: FilterTarget): Subject {
  const attribute = attributeOf(definition, name)
  if (attribute === undefined) {
    throw refuse(400, `Invalid filter: objects of ${definition.name} have no attribute '${name}'`)
  }
  const indexed = columns[name] ?? (indexedAttributes(definition).has(name) ? valueSql(name) : undefined)
  return { attribute, name, sql: attributeSql(name), indexed }
}

const sqlTypes = {
  string: 'string',
  enum: 'string',
  time: 'string',
  integer: 'number',
  float: 'number',
  boolean: 'boolean',
  list: 'string',
} as const

/** The type of values the attribute compares with, or undefined when only memory can tell. */
function comparableType({ attribute, name }: Subject): 'string' | 'number' | 'boolean' | undefined {
  const computed = attribute.transient === true && name !== 'normalizedTags'
  if (computed || attribute.stored !== true) return undefined
  return attribute.type in sqlTypes ? sqlTypes[attribute.type as keyof typeof sqlTypes] : undefined
}

function existence({ exists }: Existence, subject: Subject): SqlFilter {
  if (comparableType(subject) === undefined) return askAgain
  return {
    sql: `${exists ? '' : 'NOT '}(${existsSql(subject)})`,
    values: [],
    exact: true,
    selective: false,
  }
}

function existsSql({ attribute, sql }: Subject): string {
  switch (attribute.type) {
    case 'list':
      return `COALESCE(json_array_length(${sql}), 0) > 0`
    case 'boolean':
    case 'integer':
    case 'float':
      return `${sql} IS NOT NULL`
    default:
      return `COALESCE(${sql}, '') NOT IN ('', '${zeroTime}')`
  }
}

const positive = new Set(['==', 'contains', 'in'])
const negative = new Set(['!=', 'not contains', 'not in'])

function comparison(filter: Comparison, subject: Subject & { readonly now: Date }): SqlFilter {
  const type = comparableType(subject)
  const wholeList = isList(filter.value) && (filter.operator === '==' || filter.operator === '!=')
  if (type === undefined || filter.operator === 'matches' || wholeList) return askAgain
  const values = valuesOf(filter.value)
    .map((value: FilterScalar) => resolveScalar(value, subject.now))
    .filter((value) => typeof value === type)
    .map((value) => (typeof value === 'boolean' ? Number(value) : value))
  if (positive.has(filter.operator)) return among(subject, values)
  if (!negative.has(filter.operator)) return ordered(filter, { ...subject, values })
  const condition = among(subject, values)
  return { ...condition, sql: `NOT ${condition.sql}`, selective: false }
}

function among(subject: Subject, values: readonly SqlValue[]): SqlFilter {
  const { attribute, sql, name, indexed } = subject
  if (values.length === 0) return nothing
  const marks = values.map(() => '?').join(', ')
  if (indexed !== undefined) {
    return { sql: `(${indexed} IN (${marks}))`, values, exact: true, selective: name !== 'namespace' }
  }
  const found =
    attribute.type === 'list'
      ? `EXISTS (SELECT 1 FROM json_each(object, '$.${name}') WHERE value IN (${marks}))`
      : `(COALESCE(${sql} IN (${marks}), 0))`
  return { sql: found, values, exact: true, selective: false }
}

function ordered(filter: Comparison, subject: Subject & { readonly values: readonly SqlValue[] }): SqlFilter {
  const { attribute, sql, values } = subject
  const [value] = values
  const unordered = attribute.type === 'list' || attribute.type === 'boolean' || isList(filter.value)
  if (unordered || value === undefined) return nothing
  return { sql: `COALESCE(${sql} ${filter.operator} ?, 0)`, values: [value], exact: true, selective: false }
}
