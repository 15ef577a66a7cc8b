import { recall, remember } from './memory.ts'
import { ensureEnforcer } from './own-enforcer.ts'
import { ensureHostUnit } from './own-host-unit.ts'
import type { OwnObjects, OwnObjectsOptions } from './identity.ts'
import type { SessionTools } from './session-world.ts'

/**
 * Finds the enforcer's objects, or makes them. Any number of runs leaves one of each: first the ones
 * remembered on disk, then the ones the Console knows under our identity, and only then new ones.
 */
export async function ensureOwnObjects(options: OwnObjectsOptions, tools: SessionTools): Promise<OwnObjects> {
  const remembered = await recall(options.stateFolder)
  const enforcerId = await ensureEnforcer({ ...options, remembered: remembered.enforcerId }, tools)
  const hostUnitId = options.hostMode
    ? await ensureHostUnit({ ...options, enforcerId, remembered: remembered.hostUnitId }, tools)
    : undefined
  const own = { enforcerId, hostUnitId }
  if (own.enforcerId !== remembered.enforcerId || own.hostUnitId !== remembered.hostUnitId)
    await remember(options.stateFolder, own)
  return own
}
