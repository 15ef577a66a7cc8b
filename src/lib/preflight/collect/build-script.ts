import { quote } from '../../platforms/linux/quote.ts'
import { collectorScript } from './collector-script.ts'

/** A place on the network that the host is to try, under a name of ours. */
export interface Endpoint {
  readonly name: string
  readonly host: string
  readonly port: number
}

export interface CollectorParameters {
  readonly endpoints: readonly Endpoint[]
  /** PEM of the authority that endpoints may be trusted by; public, so it may travel in the script. */
  readonly authoritiesPem?: string | undefined
  readonly modules: readonly string[]
  readonly packages: readonly string[]
  /** Most that one probe on the host may take. */
  readonly probeTimeoutMs: number
}

/** The collector with its parameters before it; everything goes over standard input, nothing through argv. */
export function buildCollectorScript(parameters: CollectorParameters): string {
  const { endpoints, authoritiesPem, modules, packages, probeTimeoutMs } = parameters
  const settings = {
    APOCTL_ENDPOINTS: endpoints.map(({ name, host, port }) => `${name}=${host}:${port}`).join(' '),
    APOCTL_CA: authoritiesPem ?? '',
    APOCTL_MODULES: modules.join(' '),
    APOCTL_PACKAGES: packages.join(' '),
    APOCTL_PATIENCE: String(Math.max(1, Math.round(probeTimeoutMs / 1000))),
  }
  const prelude = Object.entries(settings)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${quote(value)}`)
  return [...prelude, collectorScript].join('\n')
}
