import type { Clock } from '../../async/clock.ts'
import type { Reporter } from '../../progress/reporter.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { Transport } from '../../transports/transport.ts'
import type { EnforcerBundle } from '../bundle/open-enforcer-bundle.ts'
import type { ExpectedFacts } from '../plan/fingerprint.ts'
import type { LockClaim } from '../plan/host-lock.ts'
import type { PlannedStep } from '../plan/step.ts'
import type { PackageRepository } from '../packages/package-repository.ts'
import type { WantedConfiguration } from './configuration.ts'
import type { HostRelay, RelayTerms } from '../relay/with-relays.ts'
import type { EnforcerRegistry } from './enforcer-registry.ts'

/** What every host of a run gets. */
export interface HostInstallOptions {
  /** The package for a kind of machine, as `uname -m` names it. */
  readonly bundleFor: (machine: string) => Promise<EnforcerBundle>
  readonly configuration: WantedConfiguration
  readonly authorityPem: string | undefined
  /** How the enforcer comes by its credential: with a token it uses once, or with one made for it here. */
  readonly enrolment: 'token' | 'app-credential'
  /** Use this token instead of issuing one for each host. */
  readonly token: Secret | undefined
  /** Where hosts get the layers from: from here, from a mirror, or from the Console. */
  readonly delivery: Delivery
  /** A repository to have the enforcer installed from as a package; undefined to copy a bundle. */
  readonly repository?: PackageRepository | undefined
  /** Somebody said which bundle to copy, or how: then no package will do. */
  readonly isCopyAsked: boolean
  /** Of the enforcer; the newest there is when undefined. */
  readonly version?: string | undefined
  readonly dryRun: boolean
  /** Only where an enforcer is; nothing but its version changes, and it has to stay well for a while. */
  readonly upgrade?: { readonly probationMs: number } | undefined
  /** Of a plan that was made earlier; undefined where there is none. */
  readonly expected?: ExpectedFacts | undefined
  /** How long the Console may take to see the enforcer, milliseconds. */
  readonly connectTimeoutMs: number
}

export type Delivery =
  | { readonly type: 'copy' }
  /** `url` holds a folder for each platform. */
  | { readonly type: 'mirror'; readonly url: string }
  | { readonly type: 'console' }
  /** From the jump host that they are behind; copied where they are behind none. */
  | ({ readonly type: 'relay' } & RelayTerms)

export interface HostInstallContext {
  /** Root's. */
  readonly transport: Transport
  /** For whom the host is locked meanwhile. */
  readonly claim: LockClaim
  /** Connects anew, for a host whose connection broke in the middle. */
  readonly reconnect: () => Promise<Transport>
  readonly registry: EnforcerRegistry
  /** The relay that the host is behind. Absent where none was asked for. */
  readonly relay?: ((signal: AbortSignal) => Promise<HostRelay | undefined>) | undefined
  readonly reporter: Reporter
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** What installing came to on one host. */
export type HostInstall =
  | {
      readonly change: 'installed'
      readonly steps: readonly PlannedStep[]
      readonly enforcer: EnforcerIdentity
      /** The version that ran there before, where that was another one. */
      readonly replaced?: string
    }
  | {
      readonly change: 'unchanged'
      readonly steps: readonly PlannedStep[]
      readonly enforcer: EnforcerIdentity
    }
  /** `fingerprint`: of what the steps were worked out from. */
  | { readonly change: 'planned'; readonly steps: readonly PlannedStep[]; readonly fingerprint: string }

export interface EnforcerIdentity {
  readonly id: string
  readonly name: string
  readonly namespace: string
  readonly version: string
}
