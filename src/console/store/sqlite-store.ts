import Database from 'libsql'
import { ApoctlError } from '../../lib/errors/apoctl-error.ts'
import type { EntityDefinition } from '../../contract/entity/definition.ts'
import { attributeSql } from './filter-to-sql.ts'
import { countUses, findObject, listObjects, type Prepare } from './sqlite-reader.ts'
import { createSqliteWriter } from './sqlite-writer.ts'
import type { ObjectStore } from './store.ts'

/**
 * Opens the database of a Console, alone: the lock goes with the process, however it ends. Every commit is
 * on disk before it is acknowledged (write-ahead log, synchronous FULL).
 */
export function openSqliteStore(path: string, definitions: readonly EntityDefinition[]): ObjectStore {
  const db = openDatabase(path)
  db.exec(schemaSql(definitions))
  const prepared = rememberStatements(db)
  const versions = new Map<string, number>()
  const version = ({ name }: EntityDefinition): number => versions.get(name) ?? 0
  const writer = createSqliteWriter(prepared, (definition) =>
    versions.set(definition.name, version(definition) + 1),
  )
  return {
    find: (definition, id) => findObject(prepared, { definition, id }),
    list: (definition, query) => listObjects(prepared, { definition, query }),
    count: (definition, query) =>
      listObjects(prepared, {
        definition,
        query: { ...query, order: [], paging: { type: 'page', page: 1, size: 0 } },
      }).total,
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
    write: (work) => inTransaction(prepared, () => work(writer)),
    probe: () => {
      const start = performance.now()
      prepared('SELECT count(*) FROM settings').get()
      return performance.now() - start
    },
    close: () => closeDatabase(db),
  }
}

function rememberStatements(db: Database.Database): Prepare {
  const statements = new Map<string, Database.Statement>()
  return (sql) => {
    const known = statements.get(sql) ?? db.prepare(sql)
    // The texts come from definitions and filters; filters have endless forms.
    if (statements.size < 500) statements.set(sql, known)
    return known
  }
}

function inTransaction<Result>(prepared: Prepare, work: () => Result): Result {
  prepared('BEGIN IMMEDIATE').run()
  try {
    const result = work()
    prepared('COMMIT').run()
    return result
  } catch (error) {
    rollBack(prepared)
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

/** Names of tables are those of entities; they come from the contract. */
function schemaSql(definitions: readonly EntityDefinition[]): string {
  const tables = definitions.map(
    ({ name, uniqueBy }) => `
    CREATE TABLE IF NOT EXISTS entity_${name} (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      namespace TEXT NOT NULL,
      object TEXT NOT NULL,
      internal TEXT NOT NULL,
      revision INTEGER NOT NULL DEFAULT 1
    );
    CREATE INDEX IF NOT EXISTS entity_${name}_namespace ON entity_${name} (namespace);
    ${uniqueBy === undefined ? '' : `CREATE UNIQUE INDEX IF NOT EXISTS entity_${name}_unique ON entity_${name} (${attributeSql(uniqueBy)});`}`,
  )
  return `${tables.join('')}
    CREATE UNIQUE INDEX IF NOT EXISTS namespace_name ON entity_namespace (json_extract(object, '$.name'));
    CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS bindings (principal TEXT, object_id TEXT, PRIMARY KEY (principal, object_id));
    CREATE TABLE IF NOT EXISTS token_uses (id TEXT PRIMARY KEY, uses INTEGER NOT NULL, expires_ms INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS answers (
      key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, answer TEXT NOT NULL, expires_ms INTEGER NOT NULL
    );`
}
