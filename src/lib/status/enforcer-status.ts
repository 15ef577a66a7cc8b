import type { ConsoleClient } from '../api/console-client.ts'
import type { Enforcer } from '../../contract/entities/enforcer.ts'
import { enforcers } from '../api/endpoints/enforcers.ts'

export interface EnforcerStatusOptions {
  readonly namespace: string
  /** Also child namespaces. */
  readonly recursive: boolean
  /** Only enforcers with one of these names; all when empty. */
  readonly names: readonly string[]
}

export interface EnforcerStatusContext {
  readonly console: ConsoleClient
  readonly signal: AbortSignal
}

/** How one enforcer is doing, as the Console sees it. */
export interface EnforcerStatus {
  readonly id: string
  readonly name: string
  readonly namespace: string
  readonly state: 'Connected' | 'Disconnected' | 'Registered' | 'Initialized'
  /** The Console has not heard from it for longer than it should. */
  readonly unreachable: boolean
  readonly enforcement: 'Inactive' | 'Active' | 'Failed'
  readonly version: string
  /** RFC 3339; null when it never reported. */
  readonly lastSeen: string | null
}

export interface EnforcerStatusReport {
  readonly namespace: string
  readonly enforcers: readonly EnforcerStatus[]
  /** Names asked for that the Console does not have. */
  readonly missing: readonly string[]
  readonly connected: number
}

/** What has to be asked for, to say how an enforcer is. */
export const statusFields = [
  'ID',
  'name',
  'namespace',
  'operationalStatus',
  'unreachable',
  'enforcementStatus',
  'currentVersion',
  'lastSyncTime',
] as const satisfies readonly (keyof Enforcer)[]
/** Times that were never set come as year one. */
const zeroTime = '0001-01-01'

/** Asks the Console how its enforcers are. */
export async function enforcerStatus(
  options: EnforcerStatusOptions,
  context: EnforcerStatusContext,
): Promise<EnforcerStatusReport> {
  const { namespace, recursive, names } = options
  const query = { namespace, recursive, fields: statusFields, order: ['name'] }
  const found: EnforcerStatus[] = []
  for await (const enforcer of enforcers(context.console).list(query, { signal: context.signal }))
    if (names.length === 0 || names.includes(enforcer.name)) found.push(toStatus(enforcer))
  return {
    namespace,
    enforcers: found.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
    missing: names.filter((name) => !found.some((enforcer) => enforcer.name === name)),
    connected: found.filter(isConnected).length,
  }
}

export function isConnected(enforcer: Pick<EnforcerStatus, 'state' | 'unreachable'>): boolean {
  return enforcer.state === 'Connected' && !enforcer.unreachable
}

export function toStatus(enforcer: Enforcer): EnforcerStatus {
  return {
    id: enforcer.ID,
    name: enforcer.name,
    namespace: enforcer.namespace,
    state: enforcer.operationalStatus,
    unreachable: enforcer.unreachable,
    enforcement: enforcer.enforcementStatus,
    version: enforcer.currentVersion,
    lastSeen: enforcer.lastSyncTime.startsWith(zeroTime) ? null : enforcer.lastSyncTime,
  }
}
