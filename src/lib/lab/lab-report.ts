/** How a lab stands; what `lab up` and `lab status` answer. */
export interface LabReport {
  readonly lab: string
  readonly directory: string
  /** `up`: every host answers; `partial`: some do not; `down`: none runs or there is no lab. */
  readonly state: 'up' | 'partial' | 'down'
  readonly suite: string | null
  readonly subnet: string | null
  /** The machine's own address on the lab's bridge: where hosts reach a Console that runs here. */
  readonly gateway: string | null
  readonly bridge: string
  readonly hosts: readonly LabHostReport[]
  /** Files for SSH clients and for `--inventory`. */
  readonly inventory: string
  readonly sshConfig: string
  readonly knownHosts: string
  readonly identity: string
}

export interface LabHostReport {
  readonly name: string
  readonly address: string
  /** `up`: SSH answers; `booting`: runs but does not answer; `down`: does not run. */
  readonly state: 'up' | 'booting' | 'down'
  /** Name of the container, its control group and its port on the bridge. */
  readonly machine: string
  /** Number, on the machine, of the host's first process; null when it does not run. */
  readonly initPid: number | null
  readonly sshCommand: string
}

export interface LabUpReport extends LabReport {
  /** Whether this run only said what it would do. */
  readonly dryRun: boolean
  /** Whether this run built, started or removed anything (or would, in a dry run). */
  readonly changed: boolean
  readonly imageBuilt: boolean
  /** Names of the hosts that this run booted. */
  readonly started: readonly string[]
  /** Names of the hosts that this run removed because there were more than asked for. */
  readonly removed: readonly string[]
  readonly durationMs: number
}

export interface LabDownReport {
  readonly lab: string
  readonly directory: string
  /** Whether this run only said what it would remove. */
  readonly dryRun: boolean
  /** Whether there was anything to remove. */
  readonly changed: boolean
  /** What was removed, or would be: containers, the bridge, directories. */
  readonly removed: readonly string[]
}
