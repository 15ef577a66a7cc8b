import type { EntityDefinition } from '../../contract/entity/definition.ts'
import { isArchivable } from '../../contract/entity/archivable.ts'
import { attributeSql, indexesSql } from './indexes.ts'

/** Names of tables are those of entities; they come from the contract. */
export function liveTable({ name }: Pick<EntityDefinition, 'name'>): string {
  return `entity_${name}`
}

/** Where objects of archivable entities go when they are deleted. They keep their sequence. */
export function archiveTable({ name }: Pick<EntityDefinition, 'name'>): string {
  return `archive_${name}`
}

export function schemaSql(definitions: readonly EntityDefinition[]): string {
  return `${definitions.map(entitySql).join('')}
    CREATE UNIQUE INDEX IF NOT EXISTS namespace_name ON entity_namespace (json_extract(object, '$.name'));
    CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS bindings (principal TEXT, object_id TEXT, PRIMARY KEY (principal, object_id));
    CREATE TABLE IF NOT EXISTS token_uses (id TEXT PRIMARY KEY, uses INTEGER NOT NULL, expires_ms INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS answers (
      key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, answer TEXT NOT NULL, expires_ms INTEGER NOT NULL
    );`
}

function entitySql(definition: EntityDefinition): string {
  const { uniqueBy } = definition
  const table = liveTable(definition)
  const unique =
    uniqueBy === undefined
      ? ''
      : `CREATE UNIQUE INDEX IF NOT EXISTS ${table}_unique ON ${table} (${attributeSql(uniqueBy)});`
  return `
    CREATE TABLE IF NOT EXISTS ${table} (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      namespace TEXT NOT NULL,
      object TEXT NOT NULL,
      internal TEXT NOT NULL,
      revision INTEGER NOT NULL DEFAULT 1
    );
    CREATE INDEX IF NOT EXISTS ${table}_namespace ON ${table} (namespace);
    ${unique}
    ${indexesSql(definition)}
    ${isArchivable(definition) ? archiveSql(archiveTable(definition)) : ''}`
}

function archiveSql(table: string): string {
  return `
    CREATE TABLE IF NOT EXISTS ${table} (
      sequence INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      namespace TEXT NOT NULL,
      object TEXT NOT NULL,
      archived_ms INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS ${table}_namespace ON ${table} (namespace);
    CREATE INDEX IF NOT EXISTS ${table}_time ON ${table} (archived_ms);`
}
