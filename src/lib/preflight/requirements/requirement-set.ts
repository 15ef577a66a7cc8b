import {
  dictionary,
  flag,
  list,
  number,
  object,
  oneOf,
  partial,
  text,
  written,
  type Shaped,
} from '../documents/shape.ts'
import { parseSizeBytes } from './size.ts'
import { parseVersionRange } from './version.ts'

export const requirementsVersion = 'apoctl.requirements/v1'

export const severities = ['error', 'overridable', 'warning', 'info'] as const
/** error: blocks; overridable: blocks until its risk is accepted by name; warning and info: do not block. */
export type Severity = (typeof severities)[number]

/** What Linux hosts must have. Every part may be left out: then it is not required. */
const linux = partial({
  /** By name as the guide writes it, with versions and ranges: `Debian: [9.0-9.9, 9.11-9.12]`. */
  distributions: dictionary(list(written(parseVersionRange))),
  /** As `uname -m` says: x86_64, aarch64. */
  architectures: list(text),
  minimumVcpus: number,
  minimumMemory: written(parseSizeBytes),
  /** Oldest acceptable versions. */
  minimumGlibc: text,
  minimumSystemd: number,
  /** Free room by directory. */
  freeDisk: dictionary(written(parseSizeBytes)),
  /** What each is needed for, by capability and by kernel module. */
  capabilities: dictionary(text),
  kernelModules: dictionary(text),
  /** Names of the guide; the names of each distribution are in checks/packages.ts. */
  packages: list(text),
  domains: list(text),
  /** Most the clocks of tool, host and Console may differ. */
  clockSkewSeconds: number,
  /** Whether firewalls and agents that fight with the enforcer must be absent. */
  exclusiveFirewall: flag,
  /** The enforcer speaks nftables itself: its dry run must be accepted. */
  nftables: flag,
})

/** A requirement set as a user's file may write it. */
export const requirementFileShape = partial({
  apiVersion: oneOf([requirementsVersion]),
  name: text,
  title: text,
  source: text,
  /** A built-in set that this one starts from; what is written here replaces its parts. */
  extends: oneOf(['guide-2021-10', 'guide-2021-11', 'enforcer']),
  linux,
  /** Another severity for a check, by its id. */
  severities: dictionary(oneOf(severities)),
})

export const requirementHeadShape = object({ apiVersion: oneOf([requirementsVersion]) })

export type LinuxRequirements = Shaped<typeof linux>
export type RequirementFile = Shaped<typeof requirementFileShape>

export interface RequirementSet {
  readonly name: string
  readonly title: string
  /** Where it is written down. */
  readonly source: string
  readonly linux: LinuxRequirements
  readonly severities: Readonly<Record<string, Severity>>
}
