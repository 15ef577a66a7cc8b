import type { Enforcer } from '../../../contract/entities/enforcer.ts'
import type { ConsoleClient } from '../../api/console-client.ts'
import { printLoginCredential } from '../../api/login-credential.ts'
import { appCredentials } from '../../api/endpoints/app-credentials.ts'
import { enforcers } from '../../api/endpoints/enforcers.ts'
import { processingUnits } from '../../api/endpoints/processing-units.ts'
import type { Clock } from '../../async/clock.ts'
import { packagePermission } from '../../../contract/enforcer-packages.ts'
import { machineTag } from '../../../contract/machine-id.ts'
import { makeKeyPair } from '../../secrets/key-pair.ts'
import type { Secret } from '../../secrets/secret.ts'
import { enforcerRole, narrowToken } from './narrow-token.ts'

/** An enforcer as the Console has it, as far as installing needs to know. */
export type RegisteredEnforcer = Pick<
  Enforcer,
  'ID' | 'name' | 'namespace' | 'operationalStatus' | 'lastSyncTime'
>

/** The Console's side of an installation. */
export interface EnforcerRegistry {
  /** A token with which one enforcer can register itself, in this namespace and for the next half hour. */
  enrolmentToken(signal: AbortSignal): Promise<Secret>
  /** A token that is good for fetching layers from the Console, and for nothing else. */
  packageToken(signal: AbortSignal): Promise<Secret>
  /** An app credential for one enforcer, made here: the text of its file. */
  makeCredential(machineId: string, signal: AbortSignal): Promise<Secret>
  find(machineId: string, signal: AbortSignal): Promise<RegisteredEnforcer | undefined>
  /**
   * Resolves once the Console has heard from the enforcer later than `heardAt` (by the Console's own
   * clock, so that skew does not matter); undefined when the deadline passes first.
   */
  waitUntilConnected(
    machineId: string,
    until: {
      readonly heardAt: string | undefined
      readonly deadlineMs: number
      readonly signal: AbortSignal
    },
  ): Promise<RegisteredEnforcer | undefined>
  /** Removes the enforcer, its processing units and its app credentials. Says what was removed. */
  forget(
    enforcer: RegisteredEnforcer & { readonly machineId: string },
    signal: AbortSignal,
  ): Promise<readonly string[]>
}

const validity = '30m'
const pollIntervalMs = 500
const wantedFields = ['ID', 'name', 'namespace', 'operationalStatus', 'lastSyncTime'] as const

/** Where enforcers of a host are kept: a Console, and a namespace of it. */
export interface RegistryPlace {
  readonly console: ConsoleClient
  readonly namespace: string
}

export function openEnforcerRegistry(
  place: RegistryPlace,
  world: { readonly clock: Clock },
): EnforcerRegistry {
  const find = (machineId: string, signal: AbortSignal): Promise<RegisteredEnforcer | undefined> =>
    findEnforcer(machineId, { ...place, signal })
  return {
    find,
    enrolmentToken: (signal) =>
      narrowToken({ restrictedPermissions: [enforcerRole], validity }, { ...place, signal }),
    packageToken: (signal) =>
      narrowToken({ restrictedPermissions: [packagePermission], validity }, { ...place, signal }),
    makeCredential: (machineId, signal) => makeCredential(machineId, { ...place, signal }),
    async waitUntilConnected(machineId, { heardAt, deadlineMs, signal }) {
      while (world.clock.nowMs() < deadlineMs) {
        const found = await find(machineId, signal)
        if (found?.operationalStatus === 'Connected' && found.lastSyncTime !== heardAt) return found
        await world.clock.sleep(pollIntervalMs, { signal })
      }
      return undefined
    },
    forget: (enforcer, signal) => forgetEnforcer(enforcer, { ...place, signal }),
  }
}

interface Asking extends RegistryPlace {
  readonly signal: AbortSignal
}

function findEnforcer(machineId: string, by: Asking): Promise<RegisteredEnforcer | undefined> {
  const { console, namespace, signal } = by
  const filter = `machineID == "${machineId}"`
  return enforcers(console).first({ filter, fields: wantedFields, namespace }, { signal })
}

async function makeCredential(machineId: string, by: Asking): Promise<Secret> {
  const { console, namespace, signal } = by
  const wanted = {
    name: `enforcer ${machineId}`,
    description: 'Made for an enforcer when it was installed',
    roles: [enforcerRole],
    metadata: [machineTag(machineId)],
  }
  const key = await makeKeyPair()
  return printLoginCredential(await appCredentials(console).certify(wanted, { key, namespace, signal }))
}

async function forgetEnforcer(
  enforcer: RegisteredEnforcer & { readonly machineId: string },
  by: Asking,
): Promise<readonly string[]> {
  const { console, namespace, signal } = by
  const removed: string[] = []
  const units = { filter: `enforcerID == "${enforcer.ID}"`, namespace }
  for await (const unit of processingUnits(console).list(units, { signal })) {
    await processingUnits(console).delete(unit.ID, { namespace, signal })
    removed.push(`processing unit ${unit.name}`)
  }
  const owned = { filter: `metadata contains ["${machineTag(enforcer.machineId)}"]`, namespace }
  for await (const credential of appCredentials(console).list(owned, { signal })) {
    await appCredentials(console).delete(credential.ID, { namespace, signal })
    removed.push(`app credential ${credential.name}`)
  }
  await enforcers(console).delete(enforcer.ID, { namespace, signal })
  return [...removed, `enforcer ${enforcer.name}`]
}
