import Database from 'libsql'
import type { Clock } from '../../lib/async/clock.ts'
import { ApoctlError } from '../../lib/errors/apoctl-error.ts'
import type { EntityDefinition } from '../../contract/entity/definition.ts'
import { createCounters, type Counters } from './counters.ts'
import type { Prepare } from './rows.ts'
import { createLister } from './sqlite-lister.ts'
import { countByNamespace, countUses, findArchived, findObject } from './sqlite-reader.ts'
import { createSqliteWriter, type Changed } from './sqlite-writer.ts'
import type { ObjectStore } from './store.ts'
import { schemaSql } from './tables.ts'

interface StoreOptions {
  readonly definitions: readonly EntityDefinition[]
  /** Says when something was deleted. */
  readonly clock: Pick<Clock, 'nowMs'>
}

/**
 * Opens the database of a Console, alone: the lock goes with the process, however it ends. Every commit is
 * on disk before it is acknowledged (write-ahead log, synchronous FULL).
 */
export function openSqliteStore(path: string, { definitions, clock }: StoreOptions): ObjectStore {
  const db = openDatabase(path)
  db.exec(schemaSql(definitions))
  const prepared = rememberStatements(db)
  const versions = new Map<string, number>()
  const version = ({ name }: EntityDefinition): number => versions.get(name) ?? 0
  const counters = createCounters((definition) => countByNamespace(prepared, definition))
  const changed: Changed = (definition, by) => {
    versions.set(definition.name, version(definition) + 1)
    if (by !== undefined) counters.changed(definition, by)
  }
  const writer = createSqliteWriter(prepared, { changed, clock })
  return {
    ...createLister({ prepared, counters }),
    find: (definition, id) => findObject(prepared, { definition, id }),
    findArchived: (definition, id) => findArchived(prepared, { definition, id }),
    version,
    boundTo: (principal) =>
      (
        prepared('SELECT object_id FROM bindings WHERE principal = ?').all(principal) as {
          object_id: string
        }[]
      ).map((row) => row.object_id),
    setting: (name) =>
      (prepared('SELECT value FROM settings WHERE name = ?').get(name) as { value: string } | undefined)
        ?.value,
    tokenUses: (id) => countUses(prepared, id),
    namespaceExists: (name) =>
      prepared("SELECT 1 FROM entity_namespace WHERE json_extract(object, '$.name') = ?").get(name) !==
      undefined,
    write: (work) => inTransaction({ prepared, counters }, () => work(writer)),
    probe: () => {
      const start = performance.now()
      prepared('SELECT count(*) FROM settings').get()
      return performance.now() - start
    },
    close: () => closeDatabase(db),
  }
}

const mostStatements = 500

function rememberStatements(db: Database.Database): Prepare {
  const statements = new Map<string, Database.Statement>()
  return (sql) => {
    const known = statements.get(sql) ?? db.prepare(sql)
    // Filters have endless forms: what was not used for the longest time makes room.
    statements.delete(sql)
    statements.set(sql, known)
    const [oldest] = statements.keys()
    if (statements.size > mostStatements && oldest !== undefined) statements.delete(oldest)
    return known
  }
}

function inTransaction<Result>(
  { prepared, counters }: { readonly prepared: Prepare; readonly counters: Counters },
  work: () => Result,
): Result {
  prepared('BEGIN IMMEDIATE').run()
  try {
    const result = work()
    prepared('COMMIT').run()
    return result
  } catch (error) {
    rollBack(prepared)
    counters.forget()
    throw error
  }
}

/** SQLite may have rolled back by itself, on a full disk for one; then the first error is the one to tell. */
function rollBack(prepared: Prepare): void {
  try {
    prepared('ROLLBACK').run()
  } catch {
    // Nothing is open any more, which is what was wanted.
  }
}

function openDatabase(path: string): Database.Database {
  try {
    const db = new Database(path)
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    // Takes the lock now, not at the first write.
    db.exec('BEGIN IMMEDIATE; COMMIT;')
    return db
  } catch (cause) {
    const busy = (cause as { code?: string }).code?.startsWith('SQLITE_BUSY') === true
    const why = busy ? 'another Console is using it' : (cause as Error).message
    throw new ApoctlError(['APO-CONSOLE-DATA', `The Console cannot open its database ${path}: ${why}`], {
      cause,
    })
  }
}

/**
 * Lets go of the lock before closing: the library closes the file only once every prepared statement was
 * collected as garbage, and the next Console may come before that. Exclusive locking ends only outside
 * of the write-ahead log.
 */
function closeDatabase(db: Database.Database): void {
  try {
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL;')
    db.exec('BEGIN; SELECT count(*) FROM settings; COMMIT;')
  } finally {
    db.close()
  }
}
