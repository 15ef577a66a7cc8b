import { join } from 'node:path'
import type { RunEnvironment } from './run-environment.ts'

/** Where journals of runs are. */
export function runsFolder({ dataDir }: Pick<RunEnvironment, 'dataDir'>): string {
  return join(dataDir, 'runs')
}
