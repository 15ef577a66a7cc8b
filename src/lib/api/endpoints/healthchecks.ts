import type { HealthCheck } from '../../../contract/entities/health-check.ts'
import type { CallOptions } from '../call.ts'
import type { ConsoleClient } from '../console-client.ts'

/** What `/healthchecks` says. Source: section 6.3 of the contract. */
export interface ConsoleHealth {
  /** 200: all is well; 218: something critical is down; 503: the gateway itself. */
  readonly condition: 'operational' | 'degraded' | 'down'
  readonly rows: readonly HealthCheck[]
}

/** How the Console says it is. Needs no login; a sick Console is an answer and not an error. */
export async function readHealth(console: ConsoleClient, options?: CallOptions): Promise<ConsoleHealth> {
  const answer = await console.call(
    { method: 'GET', path: ['healthchecks'], anonymous: true, alsoFine: [503] },
    options,
  )
  const condition = answer.status === 200 ? 'operational' : answer.status === 503 ? 'down' : 'degraded'
  return { condition, rows: Array.isArray(answer.body) ? answer.body.filter(isRow) : [] }
}

/** A gateway that is alone answers with errors instead. */
function isRow(row: unknown): row is HealthCheck {
  return typeof row === 'object' && row !== null && 'type' in row && 'status' in row
}
