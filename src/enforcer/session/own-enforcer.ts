import type { Enforcer } from '../../contract/entities/enforcer.ts'
import { enforcers } from '../../lib/api/endpoints/enforcers.ts'
import { metadataOf } from './host-metadata.ts'
import { getRemembered, isCode } from './memory.ts'
import type { OwnObjectsOptions } from './identity.ts'
import type { SessionTools } from './session-world.ts'

type Wanted = OwnObjectsOptions & { readonly remembered: string | undefined }

/** The ID of the one enforcer object that stands for us. */
export async function ensureEnforcer(wanted: Wanted, tools: SessionTools): Promise<string> {
  const found =
    (await getRemembered(
      { from: enforcers(tools.console), id: wanted.remembered, options: wanted },
      tools,
    )) ?? (await findEnforcer(wanted, tools))
  if (!found) return createEnforcer(wanted, tools)
  tools.log.info('enforcer adopted', { id: found.ID, namespace: found.namespace })
  const to = { currentVersion: wanted.version, startTime: wanted.startTime, subnets: wanted.facts.subnets }
  await enforcers(tools.console).patch({ id: found.ID, to }, tools)
  return found.ID
}

/**
 * By machine and name together: cloned images share a machine-id, and a host that was given a new name
 * without a new machine-id is remembered on disk.
 */
async function findEnforcer(
  { facts, namespace }: Wanted,
  tools: SessionTools,
): Promise<Enforcer | undefined> {
  const { machineId, fqdn } = facts
  const filter = machineId === '' ? `name == "${fqdn}"` : `machineID == "${machineId}"`
  const mine: Enforcer[] = []
  for await (const each of enforcers(tools.console).list({ filter, namespace }, tools))
    if (each.FQDN === fqdn && each.machineID === machineId) mine.push(each)
  mine.sort((a, b) => a.createTime.localeCompare(b.createTime))
  if (mine.length > 1)
    tools.log.warn('several enforcers are this one', { kept: mine[0]?.ID, others: mine.length - 1 })
  return mine[0]
}

async function createEnforcer(wanted: Wanted, tools: SessionTools): Promise<string> {
  const { facts, namespace, tags } = wanted
  try {
    const created = await enforcers(tools.console).create(
      {
        name: facts.fqdn,
        FQDN: facts.fqdn,
        machineID: facts.machineId,
        currentVersion: wanted.version,
        startTime: wanted.startTime,
        subnets: facts.subnets,
        enforcementStatus: 'Inactive',
        associatedTags: tags,
        metadata: metadataOf(facts),
      },
      { namespace, signal: tools.signal },
    )
    tools.log.info('enforcer created', { id: created.ID, namespace: created.namespace })
    return created.ID
  } catch (error) {
    // Another start of ours was faster: it is there now.
    const other = isCode(error, 'APO-API-DUPLICATE') ? await findEnforcer(wanted, tools) : undefined
    if (other) return other.ID
    throw error
  }
}
