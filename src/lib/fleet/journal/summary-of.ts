import type { RunRecord, RunSummary } from './run-record.ts'

/** A run in one row. */
export function summaryOf(run: RunRecord): RunSummary {
  const { id, state, command, startedAt, endedAt, exitCode } = run
  const { operator, console, namespace, continues, counts } = run
  return {
    id,
    state,
    command,
    startedAt,
    endedAt,
    exitCode,
    operator,
    console,
    namespace,
    continues,
    counts,
  }
}
