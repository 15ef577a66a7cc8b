import type { Enforcer } from '../../../contract/entities/enforcer.ts'
import type { ConsoleClient } from '../../api/console-client.ts'
import { printLoginCredential } from '../../api/login-credential.ts'
import { appCredentials } from '../../api/endpoints/app-credentials.ts'
import { enforcers } from '../../api/endpoints/enforcers.ts'
import { issueToken } from '../../api/endpoints/issue.ts'
import { processingUnits } from '../../api/endpoints/processing-units.ts'
import type { Clock } from '../../async/clock.ts'
import { machineTag } from '../../../contract/machine-id.ts'
import { makeKeyPair } from '../../secrets/key-pair.ts'
import type { Secret } from '../../secrets/secret.ts'

/** An enforcer as the Console has it, as far as installing needs to know. */
export type RegisteredEnforcer = Pick<
  Enforcer,
  'ID' | 'name' | 'namespace' | 'operationalStatus' | 'lastSyncTime'
>

/** The Console's side of an installation. */
export interface EnforcerRegistry {
  /** A token with which one enforcer can register itself, in this namespace and for the next half hour. */
  enrolmentToken(signal: AbortSignal): Promise<Secret>
  /** An app credential for one enforcer, made here: the text of its file. */
  makeCredential(machineId: string, signal: AbortSignal): Promise<Secret>
  find(machineId: string, signal: AbortSignal): Promise<RegisteredEnforcer | undefined>
  /** Resolves once the Console has heard from the enforcer since `sinceMs`; undefined when the deadline passes first. */
  waitUntilConnected(
    machineId: string,
    until: { readonly sinceMs: number; readonly deadlineMs: number; readonly signal: AbortSignal },
  ): Promise<RegisteredEnforcer | undefined>
  /** Removes the enforcer, its processing units and its app credentials. Says what was removed. */
  forget(
    enforcer: RegisteredEnforcer & { readonly machineId: string },
    signal: AbortSignal,
  ): Promise<readonly string[]>
}

const enforcerRole = '@auth:role=enforcer'
const enrolmentValidity = '30m'
const pollIntervalMs = 500
const wantedFields = ['ID', 'name', 'namespace', 'operationalStatus', 'lastSyncTime'] as const

export function openEnforcerRegistry(
  console: ConsoleClient,
  world: { readonly clock: Clock },
): EnforcerRegistry {
  const { namespace } = console
  const find = (machineId: string, signal: AbortSignal): Promise<RegisteredEnforcer | undefined> =>
    enforcers(console).first({ filter: `machineID == "${machineId}"`, fields: wantedFields }, { signal })
  return {
    find,
    async enrolmentToken(signal) {
      return issueToken(
        {
          realm: 'AporetoIdentityToken',
          metadata: { token: await console.token({ signal }) },
          validity: enrolmentValidity,
          restrictedNamespace: namespace,
          restrictedPermissions: [enforcerRole],
        },
        { console, signal },
      )
    },
    makeCredential: (machineId, signal) => makeCredential(machineId, { console, signal }),
    async waitUntilConnected(machineId, { sinceMs, deadlineMs, signal }) {
      while (world.clock.nowMs() < deadlineMs) {
        const found = await find(machineId, signal)
        if (found?.operationalStatus === 'Connected' && Date.parse(found.lastSyncTime) >= sinceMs)
          return found
        await world.clock.sleep(pollIntervalMs, { signal })
      }
      return undefined
    },
    forget: (enforcer, signal) => forgetEnforcer(enforcer, { console, signal }),
  }
}

async function makeCredential(
  machineId: string,
  by: { readonly console: ConsoleClient; readonly signal: AbortSignal },
): Promise<Secret> {
  const wanted = {
    name: `enforcer ${machineId}`,
    description: 'Made for an enforcer when it was installed',
    roles: [enforcerRole],
    metadata: [machineTag(machineId)],
  }
  const key = await makeKeyPair()
  return printLoginCredential(await appCredentials(by.console).certify(wanted, { key, signal: by.signal }))
}

async function forgetEnforcer(
  enforcer: RegisteredEnforcer & { readonly machineId: string },
  by: { readonly console: ConsoleClient; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const { console, signal } = by
  const removed: string[] = []
  for await (const unit of processingUnits(console).list(
    { filter: `enforcerID == "${enforcer.ID}"` },
    { signal },
  )) {
    await processingUnits(console).delete(unit.ID, { signal })
    removed.push(`processing unit ${unit.name}`)
  }
  const owned = `metadata contains ["${machineTag(enforcer.machineId)}"]`
  for await (const credential of appCredentials(console).list({ filter: owned }, { signal })) {
    await appCredentials(console).delete(credential.ID, { signal })
    removed.push(`app credential ${credential.name}`)
  }
  await enforcers(console).delete(enforcer.ID, { signal })
  return [...removed, `enforcer ${enforcer.name}`]
}
