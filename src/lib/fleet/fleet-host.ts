/** A host to work on. */
export type FleetHost = LocalHost | RemoteHost

/** This machine. */
export interface LocalHost extends HostDetails {
  readonly type: 'local'
}

/** A machine behind SSH. What is absent comes from ssh_config. */
export interface RemoteHost extends HostDetails {
  readonly type: 'ssh'
  /** Name, address or `Host` alias to log in to. */
  readonly address: string
  readonly user?: string
  readonly port?: number
  readonly identityFile?: string
  /** Where the keys of the host are known from, instead of the files of ssh_config. */
  readonly knownHostsFile?: string
}

export interface HostDetails {
  /** What reports call it; unique in a run. */
  readonly name: string
  /** How to become root there; wins over what the command line says for all. */
  readonly become?: 'sudo' | 'doas' | 'none'
  /** `key=value`, for the enforcer of this host. */
  readonly tags: readonly string[]
  readonly namespace?: string
  readonly platform?: HostPlatform
}

export const hostPlatforms = ['linux', 'windows'] as const
export type HostPlatform = (typeof hostPlatforms)[number]

export const thisMachine: LocalHost = { type: 'local', name: 'localhost', tags: [] }
