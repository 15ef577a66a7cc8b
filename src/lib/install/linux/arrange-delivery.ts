import { enforcerPackagesPath } from '../../../contract/enforcer-packages.ts'
import { Secret } from '../../secrets/secret.ts'
import type { EnforcerBundle } from '../bundle/open-enforcer-bundle.ts'
import type { EnforcerRegistry } from './enforcer-registry.ts'
import { findDelivered, type Delivered } from './find-delivered.ts'
import type { HostInstallContext, HostInstallOptions } from './host-install.ts'
import type { InstalledState } from './inspect-host.ts'
import type { LayerSource } from './layer-source.ts'
import { needsProgram } from './plan-install.ts'

export interface ArrangedDelivery {
  readonly delivered: Delivered
  readonly source: LayerSource
}

interface DeliveryContext extends Pick<HostInstallContext, 'relay' | 'signal'> {
  readonly registry: Pick<EnforcerRegistry, 'packageToken'>
}

/** Finds out what of a bundle is on the host, and where it gets the rest from. */
export async function arrangeDelivery(
  what: {
    readonly state: InstalledState
    readonly bundle: EnforcerBundle
    readonly options: Pick<HostInstallOptions, 'delivery' | 'configuration' | 'authorityPem' | 'dryRun'>
  },
  context: DeliveryContext,
): Promise<ArrangedDelivery> {
  const { state, bundle, options } = what
  const isNeeded = !options.dryRun && needsProgram(state, bundle)
  const delivered = await findDelivered(state.partials.get(bundle.manifest.version), bundle.layers)
  const { delivery, authorityPem } = options
  switch (delivery.type) {
    case 'copy':
      return { delivered, source: delivery }
    case 'mirror':
      return { delivered, source: { type: 'download', download: { url: delivery.url } } }
    case 'console': {
      const url = `${options.configuration.api}${enforcerPackagesPath}`
      const header = isNeeded ? await headerOf(context) : undefined
      return { delivered, source: { type: 'download', download: { url, header, authorityPem } } }
    }
    case 'relay': {
      const relay = await context.relay?.(context.signal)
      if (relay === undefined) return { delivered, source: { type: 'copy' } }
      const name = `the relay on ${relay.name}`
      // Nothing is started for what is only looked at.
      const url = isNeeded ? await relay.serve(bundle, context.signal) : ''
      return { delivered, source: { type: 'download', download: { url, name, isRelay: true } } }
    }
  }
}

/** Shows a token that is made for this download alone. */
async function headerOf(context: DeliveryContext): Promise<Secret> {
  const token = await context.registry.packageToken(context.signal)
  return new Secret(`Authorization: Bearer ${token.reveal()}`)
}
