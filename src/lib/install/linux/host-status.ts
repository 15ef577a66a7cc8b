import {
  enforcerConfigurationKeys as keys,
  enforcerPaths,
  enforcerServiceName,
} from '../../../contract/enforcer-paths.ts'
import { isConnected, type EnforcerStatus } from '../../status/enforcer-status.ts'
import { readSetting } from './configuration.ts'
import type { InstalledState } from './inspect-host.ts'

/** How the enforcer of one host is, as the host has it and as the Console sees it. */
export interface HostStatus {
  /** `unknown`: it runs, and the Console could not be asked. */
  readonly state: 'connected' | 'not-connected' | 'not-running' | 'not-installed' | 'unknown'
  readonly version: string | null
  readonly startsAtBoot: boolean
  /** Whom the host was told to connect to; null where nothing says so. */
  readonly api: string | null
  readonly namespace: string | null
  /** What the Console has of it; null when it has nothing, or could not be asked. */
  readonly enforcer: EnforcerStatus | null
  /** What is not as it should be, a sentence each. */
  readonly problems: readonly string[]
}

/** What is known of the Console's side. */
export interface SeenFrom {
  /** The Console that was asked. */
  readonly api: string
  readonly namespace: string
  /** `unknown`: it could not be asked. */
  readonly enforcer: EnforcerStatus | undefined | 'unknown'
}

/** Puts together what a host says and what its Console says; where the two disagree, a problem names it. Pure. */
export function judgeHostStatus(host: InstalledState, seen: SeenFrom): HostStatus {
  const configuration = host.files.get(enforcerPaths.configuration)?.content ?? ''
  const told = {
    api: readSetting(configuration, keys.api) ?? null,
    namespace: readSetting(configuration, keys.namespace) ?? null,
  }
  const enforcer = seen.enforcer === 'unknown' ? undefined : seen.enforcer
  return {
    state: stateOf(host, seen.enforcer),
    version: host.currentVersion ?? null,
    startsAtBoot: host.serviceEnabled,
    ...told,
    enforcer: enforcer ?? null,
    problems: isInstalled(host)
      ? [...problemsHere(host), ...problemsThere(host, { ...seen, told: told.api })]
      : leftovers(host, enforcer),
  }
}

function isInstalled(host: InstalledState): boolean {
  return host.serviceActive || host.currentVersion !== undefined
}

function stateOf(host: InstalledState, enforcer: SeenFrom['enforcer']): HostStatus['state'] {
  if (!isInstalled(host)) return 'not-installed'
  if (!host.serviceActive) return 'not-running'
  if (enforcer === 'unknown') return 'unknown'
  return enforcer !== undefined && isConnected(enforcer) ? 'connected' : 'not-connected'
}

function problemsHere(host: InstalledState): string[] {
  return [
    ...(host.serviceActive
      ? []
      : [`${enforcerServiceName} does not run: journalctl -u ${enforcerServiceName} says why`]),
    ...(host.serviceEnabled
      ? []
      : [`it does not start with the machine: systemctl enable ${enforcerServiceName}`]),
    ...unfinished(host),
  ]
}

function unfinished({ partials }: InstalledState): string[] {
  return [...partials.keys()].map((version) => `a delivery of ${version} was not finished: run it again`)
}

function problemsThere(host: InstalledState, seen: SeenFrom & { readonly told: string | null }): string[] {
  const { enforcer, api, told } = seen
  if (enforcer === 'unknown') return []
  if (told !== null && told !== api) return [`it belongs to ${told}, which was not asked`]
  if (enforcer === undefined) return [`the Console has no enforcer of this machine below ${seen.namespace}`]
  if (isConnected(enforcer)) return problemsOfConnected(host, enforcer)
  return host.serviceActive ? [`it runs, and the Console ${lastHeard(enforcer)}`] : []
}

function lastHeard({ lastSeen }: EnforcerStatus): string {
  return lastSeen === null ? 'has never heard from it' : `last heard from it at ${lastSeen}`
}

function problemsOfConnected(host: InstalledState, { version, enforcement }: EnforcerStatus): string[] {
  const isOther = version !== '' && version !== host.currentVersion
  const current = host.currentVersion ?? 'nothing'
  return [
    ...(isOther ? [`${version} runs, and ${current} is in its place: it was not restarted`] : []),
    ...(enforcement === 'Failed' ? ['it says that it cannot enforce'] : []),
  ]
}

function leftovers(host: InstalledState, enforcer: EnforcerStatus | undefined): string[] {
  const listed = enforcer === undefined ? [] : ['the Console still lists its enforcer']
  return [...unfinished(host), ...listed]
}
