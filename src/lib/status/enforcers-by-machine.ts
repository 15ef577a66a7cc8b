import { enforcers } from '../api/endpoints/enforcers.ts'
import { statusFields, toStatus, type EnforcerStatus, type EnforcerStatusContext } from './enforcer-status.ts'

/** The enforcers of a namespace and those below, by the machine they are on (`machineID`). */
export async function enforcersByMachine(
  namespace: string,
  { console, signal }: EnforcerStatusContext,
): Promise<ReadonlyMap<string, EnforcerStatus>> {
  const query = { namespace, recursive: true, fields: [...statusFields, 'machineID'] as const }
  const found = new Map<string, EnforcerStatus>()
  for await (const enforcer of enforcers(console).list(query, { signal }))
    if (enforcer.machineID !== '') found.set(enforcer.machineID, toStatus(enforcer))
  return found
}
