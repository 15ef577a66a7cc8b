import type Database from 'libsql'
import type { Place } from './cursor.ts'
import type { ListPlan, Run } from './list-plan.ts'
import { orderBySql, type OrderKey } from './order-keys.ts'
import type { SqlValue } from './sql-condition.ts'

/** Gives the statement for a text, the same one each time. */
export type Prepare = (sql: string) => Database.Statement

export interface Row {
  readonly object: string
  readonly place: Place
}

/** So many objects are looked at before others get their turn: a few milliseconds. */
export const objectsATurn = 250

/** Goes through a list from its start or from behind a place, some rows at a time, as far as is wanted. */
export function* walk(
  plan: ListPlan,
  { prepared, after, first }: { readonly prepared: Prepare; readonly after?: Place; readonly first: number },
): Generator<readonly Row[], void, void> {
  let size = first
  let runs = after === undefined ? plan.start : plan.behind(after)
  for (let [run, ...rest] = runs; run !== undefined; [run, ...rest] = runs) {
    const rows = selectRows(plan, { prepared, run, size })
    if (rows.length > 0) yield rows
    const last = rows.length < size ? undefined : rows.at(-1)
    runs = last === undefined ? rest : plan.behind(last.place)
    if (plan.sorts && last !== undefined) {
      // One more sort for all the rest, instead of one for each part of it.
      yield* walkSorted(plan, { prepared, runs })
      return
    }
    size = objectsATurn
  }
}

export interface RowsWanted {
  readonly prepared: Prepare
  readonly run: Run
  readonly size: number
  readonly skip?: number
}

export function selectRows(plan: ListPlan, { prepared, run, size, skip = 0 }: RowsWanted): readonly Row[] {
  const sql = `SELECT object, ${keysSql(plan.keys)} FROM ${run.from} WHERE ${run.where.sql}
    ORDER BY ${orderBySql(run.keys)} LIMIT ? OFFSET ?`
  const rows = prepared(sql).all(...run.where.values, size, skip) as SqlRow[]
  return rows.map((row) => toRow(row, { keys: plan.keys, run }))
}

type SqlRow = Readonly<Record<string, SqlValue>>

function keysSql(keys: readonly OrderKey[]): string {
  return keys.map(({ sql }, index) => `${sql} AS key${index}`).join(', ')
}

function toRow(row: SqlRow, { keys, run }: { readonly keys: readonly OrderKey[]; readonly run: Run }): Row {
  const place = [...run.lead, ...keys.map((_, index) => row[`key${index}`] ?? null)]
  return { object: String(row['object']), place }
}

/** The numbers of all rows in order, and then the rows by their number. */
function* walkSorted(
  plan: ListPlan,
  { prepared, runs }: { readonly prepared: Prepare; readonly runs: readonly Run[] },
): Generator<readonly Row[], void, void> {
  for (const run of runs) {
    const sql = `SELECT sequence FROM ${run.from} WHERE ${run.where.sql} ORDER BY ${orderBySql(run.keys)}`
    const all = prepared(sql).all(...run.where.values) as { sequence: number }[]
    for (let from = 0; from < all.length; from += objectsATurn) {
      const sequences = all.slice(from, from + objectsATurn).map(({ sequence }) => sequence)
      yield selectBySequence(plan, { prepared, run, sequences })
    }
  }
}

function selectBySequence(
  { keys }: ListPlan,
  wanted: { readonly prepared: Prepare; readonly run: Run; readonly sequences: readonly number[] },
): readonly Row[] {
  const { prepared, run, sequences } = wanted
  const marks = sequences.map(() => '?').join(', ')
  const sql = `SELECT object, ${keysSql(keys)} FROM ${run.from} WHERE sequence IN (${marks})`
  const found = (prepared(sql).all(...sequences) as SqlRow[]).map((row) => toRow(row, { keys, run }))
  const bySequence = new Map(found.map((row) => [row.place.at(-1), row]))
  // What was deleted meanwhile is not there any more.
  return sequences.flatMap((sequence) => bySequence.get(sequence) ?? [])
}
