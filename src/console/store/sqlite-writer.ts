import type { EntityDefinition } from '../../contract/entity/definition.ts'
import type { Clock } from '../../lib/async/clock.ts'
import { isArchivable } from '../../contract/entity/archivable.ts'
import type { Prepare } from './rows.ts'
import { scopeSql } from './scope-ranges.ts'
import { findObject } from './sqlite-reader.ts'
import type { RememberedAnswer, StoreWriter } from './store.ts'
import { archiveTable, liveTable } from './tables.ts'

/** Hears which entity is about to change, and where an object is made or gone. */
export type Changed = (
  definition: EntityDefinition,
  by?: { readonly namespace: string; readonly difference: 1 | -1 },
) => void

interface Watchers {
  readonly changed: Changed
  readonly clock: Pick<Clock, 'nowMs'>
}

/** The writes of a transaction. Whoever calls opens and closes it. */
export function createSqliteWriter(prepared: Prepare, watchers: Watchers): StoreWriter {
  return {
    ...objectWrites(prepared, watchers),
    find: (definition, id) => findObject(prepared, { definition, id }),
    useToken: (id, { quota, expiresMs, nowMs }) => {
      prepared('DELETE FROM token_uses WHERE expires_ms < ?').run(nowMs)
      const { changes } = prepared(
        `INSERT INTO token_uses (id, uses, expires_ms) VALUES (?, 1, ?)
         ON CONFLICT (id) DO UPDATE SET uses = uses + 1, expires_ms = max(expires_ms, excluded.expires_ms)
         WHERE uses < ?`,
      ).run(id, expiresMs, quota)
      return changes > 0
    },
    rememberedAnswer: (key) =>
      prepared('SELECT fingerprint, answer FROM answers WHERE key = ?').get(key) as
        RememberedAnswer | undefined,
    rememberAnswer: (key, { fingerprint, answer, nowMs }) => {
      prepared('DELETE FROM answers WHERE expires_ms < ?').run(nowMs)
      prepared('INSERT INTO answers (key, fingerprint, answer, expires_ms) VALUES (?, ?, ?, ?)').run(
        key,
        fingerprint,
        answer,
        nowMs + rememberMs,
      )
    },
    bind: (principal, objectId) => {
      prepared('INSERT OR IGNORE INTO bindings (principal, object_id) VALUES (?, ?)').run(principal, objectId)
    },
    setSetting: (name, value) => {
      prepared(
        'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      ).run(name, value)
    },
  }
}

/** Answers are remembered this long for a client that did not hear them. */
const rememberMs = 86_400_000

type ObjectWrites = Pick<StoreWriter, 'insert' | 'replace' | 'remove' | 'forgetArchived' | 'idsWithin'>

function objectWrites(prepared: Prepare, { changed, clock }: Watchers): ObjectWrites {
  return {
    insert: (definition, { object, internal }) => {
      const namespace = String(object['namespace'])
      prepared(
        `INSERT INTO ${liveTable(definition)} (id, namespace, object, internal) VALUES (?, ?, ?, ?)`,
      ).run(object['ID'], namespace, JSON.stringify(object), JSON.stringify(internal))
      changed(definition, { namespace, difference: 1 })
    },
    replace: (definition, { object, internal, revision }) => {
      changed(definition)
      const sql = `UPDATE ${liveTable(definition)} SET object = ?, internal = ?, revision = revision + 1
         WHERE id = ? AND revision = ?`
      const values = [JSON.stringify(object), JSON.stringify(internal), object['ID'], revision]
      return prepared(sql).run(...values).changes > 0
    },
    remove: (definition, id) => {
      prepared('DELETE FROM bindings WHERE object_id = ?').run(id)
      if (isArchivable(definition)) archive(prepared, { definition, id, nowMs: clock.nowMs() })
      const sql = `DELETE FROM ${liveTable(definition)} WHERE id = ? RETURNING namespace`
      const [gone] = prepared(sql).all(id) as { readonly namespace: string }[]
      if (gone === undefined) return false
      changed(definition, { namespace: gone.namespace, difference: -1 })
      return true
    },
    forgetArchived: (definition, which) => {
      if (isArchivable(definition)) forgetArchived(prepared, { definition, which })
    },
    idsWithin: (definition, namespace) => {
      const within = { namespace, recursive: true, propagated: false }
      const scope = scopeSql(within, { definition, indexed: true })
      const rows = prepared(`SELECT id FROM ${liveTable(definition)} WHERE ${scope.sql}`).all(...scope.values)
      return (rows as { id: string }[]).map((row) => row.id)
    },
  }
}

/** Under the number it had, so that it keeps its place in the order of creation. */
function archive(
  prepared: Prepare,
  {
    definition,
    id,
    nowMs,
  }: { readonly definition: EntityDefinition; readonly id: string; readonly nowMs: number },
): void {
  prepared(
    `INSERT INTO ${archiveTable(definition)} (sequence, id, namespace, object, archived_ms)
     SELECT sequence, id, namespace, object, ? FROM ${liveTable(definition)} WHERE id = ?`,
  ).run(nowMs, id)
}

function forgetArchived(
  prepared: Prepare,
  {
    definition,
    which,
  }: {
    readonly definition: EntityDefinition
    readonly which: Parameters<StoreWriter['forgetArchived']>[1]
  },
): void {
  const table = archiveTable(definition)
  if ('beforeMs' in which) {
    prepared(`DELETE FROM ${table} WHERE archived_ms < ?`).run(which.beforeMs)
    return
  }
  const within = { namespace: which.namespace, recursive: true, propagated: false }
  const scope = scopeSql(within, { definition, indexed: true })
  prepared(`DELETE FROM ${table} WHERE ${scope.sql}`).run(...scope.values)
}
