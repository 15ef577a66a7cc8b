import type { ProcessingUnit } from '../../contract/entities/processing-unit.ts'
import type { HostFacts } from '../host/host-facts.ts'

/** Facts of the host as tags. Only what stays as it is between upgrades of the system. */
export function metadataOf({ fqdn, os, architecture }: HostFacts): readonly string[] {
  const facts = {
    hostname: fqdn.replace(/\..*/, ''),
    fqdn,
    distribution: os.id,
    distributionversion: os.version,
    architecture,
  }
  return Object.entries(facts)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `@sys:${name}=${value}`)
}

export function sameMetadata(unit: ProcessingUnit, facts: HostFacts): boolean {
  const [has, wants] = [unit.metadata as readonly string[] | null, metadataOf(facts)].map((tags) =>
    [...(tags ?? [])].sort().join('\n'),
  )
  return has === wants
}
