import type { WireObject } from '../contract/entity/definition.ts'
import type { Attempts } from './auth/attempts.ts'
import type { CertificateAuthority } from './auth/certificate-authority.ts'
import type { Clouds } from './auth/clouds/clouds.ts'
import type { OidcLogins } from './auth/oidc-logins.ts'
import type { PolicyBook } from './auth/policy-book.ts'
import type { TokenSigner } from './auth/token-signer.ts'
import type { ConsoleLimits } from './console-options.ts'
import type { ObjectStore } from './store/store.ts'
import type { Traffic } from './traffic/traffic.ts'
import type { ConsoleWorld } from './world.ts'

/** Something happened to an object. */
export interface ObjectEvent {
  readonly type: 'create' | 'update' | 'delete'
  /** Singular name of the entity. */
  readonly identity: string
  readonly object: WireObject
}

/** The parts of a running Console, as those who answer requests need them. */
export interface ConsoleServices {
  /** Its public address, without a slash at the end. */
  readonly url: string
  readonly store: ObjectStore
  readonly policies: PolicyBook
  readonly attempts: Attempts
  readonly oidcLogins: OidcLogins
  readonly clouds: Clouds
  readonly authority: CertificateAuthority
  readonly signer: TokenSigner
  /** The certificate with which others check tokens, PEM. */
  readonly tokenCertificatePem: string
  readonly limits: ConsoleLimits
  readonly traffic: Traffic
  /** Holds the layers of the enforcer, a folder for each platform; it need not be there. */
  readonly packagesFolder: string
  readonly world: ConsoleWorld
  publish(event: ObjectEvent): void
}

export function nowOf(services: Pick<ConsoleServices, 'world'>): Date {
  return new Date(services.world.clock.nowMs())
}
