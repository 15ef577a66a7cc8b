import { join } from 'node:path'
import { makePrivateFolder } from './durable-file.ts'
import { storedResources } from './resources/resource-table.ts'
import { openSqliteStore } from './store/sqlite-store.ts'
import type { ObjectStore } from './store/store.ts'
import type { ConsoleWorld } from './world.ts'

/** The database of a Console, in its data directory, which is made with mode 0700 if it is not there. */
export async function openStore(
  dataDir: string,
  { clock }: Pick<ConsoleWorld, 'clock'>,
): Promise<ObjectStore> {
  await makePrivateFolder(dataDir)
  const definitions = storedResources.map(({ definition }) => definition)
  return openSqliteStore(join(dataDir, 'console.db'), { definitions, clock })
}
