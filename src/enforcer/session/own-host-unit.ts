import type { ProcessingUnit } from '../../contract/entities/processing-unit.ts'
import { processingUnits } from '../../lib/api/endpoints/processing-units.ts'
import { metadataOf, sameMetadata } from './host-metadata.ts'
import { getRemembered } from './memory.ts'
import type { OwnObjectsOptions } from './identity.ts'
import type { SessionTools } from './session-world.ts'

type WantedUnit = OwnObjectsOptions & { readonly enforcerId: string; readonly remembered: string | undefined }

/** The ID of the one processing unit that stands for this host. */
export async function ensureHostUnit(wanted: WantedUnit, tools: SessionTools): Promise<string> {
  const units = processingUnits(tools.console)
  const found =
    (await getRemembered({ from: units, id: wanted.remembered, options: wanted }, tools)) ??
    (await findHostUnit(wanted, tools))
  if (found && found.enforcerID === wanted.enforcerId && sameMetadata(found, wanted.facts)) {
    tools.log.info('host processing unit adopted', { id: found.ID })
    return found.ID
  }
  // Metadata are fixed at creation: a host whose system was upgraded gets a new unit and not a stale one.
  if (found) await units.delete(found.ID, { namespace: wanted.namespace, signal: tools.signal })
  return createHostUnit(wanted, tools)
}

async function findHostUnit(wanted: WantedUnit, tools: SessionTools): Promise<ProcessingUnit | undefined> {
  const filter = `type == "Host" and enforcerID == "${wanted.enforcerId}"`
  return processingUnits(tools.console).first({ filter, namespace: wanted.namespace }, tools)
}

async function createHostUnit(wanted: WantedUnit, tools: SessionTools): Promise<string> {
  const { facts, namespace, enforcerId } = wanted
  const created = await processingUnits(tools.console).create(
    {
      name: facts.fqdn,
      type: 'Host',
      description: `Host ${facts.fqdn}`,
      enforcerID: enforcerId,
      enforcerNamespace: namespace,
      nativeContextID: facts.machineId,
      operationalStatus: 'Running',
      enforcementStatus: 'Inactive',
      associatedTags: wanted.tags,
      metadata: metadataOf(facts),
    },
    { namespace, signal: tools.signal },
  )
  tools.log.info('host processing unit created', { id: created.ID })
  return created.ID
}
