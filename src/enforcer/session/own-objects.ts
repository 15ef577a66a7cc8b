import type { ConsoleClient } from '../../lib/api/console-client.ts'
import type { HostFacts } from '../host/host-facts.ts'
import { recall, remember } from './memory.ts'
import { ensureEnforcer } from './own-enforcer.ts'
import { ensureHostUnit } from './own-host-unit.ts'
import type { SessionWorld } from './session-world.ts'

/** The objects that stand for this enforcer in the Console. */
export interface OwnObjects {
  readonly enforcerId: string
  /** Undefined when host mode is off. */
  readonly hostUnitId: string | undefined
}

export interface OwnObjectsOptions {
  readonly namespace: string
  readonly stateFolder: string
  readonly facts: HostFacts
  readonly tags: readonly string[]
  readonly hostMode: boolean
  readonly version: string
  /** When this process started, RFC 3339. */
  readonly startTime: string
}

export type SessionTools = SessionWorld & { readonly console: ConsoleClient }

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
