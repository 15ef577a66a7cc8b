import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import { isArchivable } from '../../contract/entity/archivable.ts'
import { fromJson } from './listing.ts'
import type { Prepare } from './rows.ts'
import type { StoredObject } from './store.ts'
import { archiveTable, liveTable } from './tables.ts'

interface Wanted {
  readonly definition: EntityDefinition
  readonly id: string
}

export function findObject(prepared: Prepare, { definition, id }: Wanted): StoredObject | undefined {
  const sql = `SELECT object, internal, revision FROM ${liveTable(definition)} WHERE id = ?`
  const row = prepared(sql).get(id) as
    { readonly object: string; readonly internal: string; readonly revision: number } | undefined
  if (row === undefined) return undefined
  return { object: fromJson(row.object), internal: fromJson(row.internal), revision: row.revision }
}

export function findArchived(prepared: Prepare, { definition, id }: Wanted): WireObject | undefined {
  if (!isArchivable(definition)) return undefined
  const row = prepared(`SELECT object FROM ${archiveTable(definition)} WHERE id = ?`).get(id) as
    { readonly object: string } | undefined
  return row === undefined ? undefined : fromJson(row.object)
}

export function countByNamespace(
  prepared: Prepare,
  definition: EntityDefinition,
): ReadonlyMap<string, number> {
  const sql = `SELECT namespace, count(*) AS n FROM ${liveTable(definition)} GROUP BY namespace`
  const rows = prepared(sql).all() as { readonly namespace: string; readonly n: number }[]
  return new Map(rows.map(({ namespace, n }) => [namespace, n]))
}

/** How often a token was used. */
export function countUses(prepared: Prepare, tokenId: string): number {
  const row = prepared('SELECT uses FROM token_uses WHERE id = ?').get(tokenId)
  return (row as { readonly uses: number } | undefined)?.uses ?? 0
}
