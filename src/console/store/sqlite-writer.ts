import type { EntityDefinition } from '../../contract/entity/definition.ts'
import { scopeSql } from './list-sql.ts'
import { findObject, type Prepare } from './sqlite-reader.ts'
import type { RememberedAnswer, StoreWriter } from './store.ts'

/** Hears which entity is about to change. */
type Changed = (definition: EntityDefinition) => void

/** The writes of a transaction. Whoever calls opens and closes it. */
export function createSqliteWriter(prepared: Prepare, changed: Changed): StoreWriter {
  return {
    ...objectWrites(prepared, changed),
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

type ObjectWrites = Pick<StoreWriter, 'insert' | 'replace' | 'remove' | 'idsWithin'>

function objectWrites(prepared: Prepare, changed: Changed): ObjectWrites {
  return {
    insert: (definition, { object, internal }) => {
      changed(definition)
      prepared(`INSERT INTO ${table(definition)} (id, namespace, object, internal) VALUES (?, ?, ?, ?)`).run(
        object['ID'],
        object['namespace'],
        JSON.stringify(object),
        JSON.stringify(internal),
      )
    },
    replace: (definition, { object, internal, revision }) => {
      changed(definition)
      const sql = `UPDATE ${table(definition)} SET object = ?, internal = ?, revision = revision + 1
         WHERE id = ? AND revision = ?`
      const { changes } = prepared(sql).run(
        JSON.stringify(object),
        JSON.stringify(internal),
        object['ID'],
        revision,
      )
      return changes > 0
    },
    remove: (definition, id) => {
      changed(definition)
      prepared('DELETE FROM bindings WHERE object_id = ?').run(id)
      return prepared(`DELETE FROM ${table(definition)} WHERE id = ?`).run(id).changes > 0
    },
    idsWithin: (definition, namespace) => {
      const scope = scopeSql({ namespace, recursive: true, propagated: false })
      const rows = prepared(`SELECT id FROM ${table(definition)} WHERE ${scope.sql}`).all(...scope.values)
      return (rows as { id: string }[]).map((row) => row.id)
    },
  }
}

function table({ name }: EntityDefinition): string {
  return `entity_${name}`
}
