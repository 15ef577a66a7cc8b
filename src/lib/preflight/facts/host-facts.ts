import {
  dictionary,
  flag,
  list,
  number,
  object,
  oneOf,
  orNull,
  text,
  type Shaped,
} from '../documents/shape.ts'

export const factsVersion = 'apoctl.facts/v1'

/** What a probe said: it worked, it did not, or nobody could tell; `detail` in its own words. */
const probe = object({ outcome: oneOf(['ok', 'failed', 'unknown']), detail: text })

const endpoint = object({
  name: text,
  host: text,
  port: number,
  resolve: orNull(probe),
  tcp: orNull(probe),
  tls: orNull(probe),
  /** Whether the host's own authorities vouch for the certificate, and whether the given one does. */
  trustSystem: orNull(probe),
  trustGiven: orNull(probe),
  /** The server's clock (its Date header) and the host's at that moment. */
  serverEpochMs: orNull(number),
  hostEpochMs: orNull(number),
  certificate: list(text),
})

const processStatus = object({
  capabilitiesEffective: list(text),
  capabilitiesBounding: list(text),
  noNewPrivileges: orNull(flag),
  /** CPU affinity as the kernel writes it: `0-3,8`. */
  cpusAllowed: orNull(text),
})

const kernel = object({
  release: text,
  build: text,
  /** Options of the kernel's build; null when no configuration could be read. */
  config: orNull(object({ file: text, builtIn: list(text), module: list(text) })),
  /** The directory of this kernel's modules; null when there is none. */
  tree: orNull(text),
  /** Null when /proc/modules could not be read or is not there. */
  loaded: orNull(list(text)),
  hasProcModules: flag,
  builtIn: orNull(list(text)),
  loadable: orNull(list(text)),
  loadableFrom: orNull(text),
  /** Path of the file of each module that was asked for. */
  files: dictionary(text),
  /** What /sys/module shows of code that was not loaded: it is built in. */
  sysBuiltIn: list(text),
  aliases: dictionary(list(text)),
  softDependencies: dictionary(text),
  /** Of the modules asked for, those that modprobe would find; null when it cannot be asked. */
  modprobeFinds: orNull(list(text)),
  /** `install` and `blacklist` lines of modprobe.d. */
  modprobeRules: list(text),
  /** kernel.modules_disabled: nothing can be loaded until the next boot. */
  loadingDisabled: orNull(flag),
})

const netfilter = object({
  /** What the packet filter accepts right now; null when only root may see it. */
  matches: orNull(list(text)),
  targets: orNull(list(text)),
  tables: orNull(list(text)),
  /** The program behind `iptables`: …/xtables-nft-multi or …/xtables-legacy-multi. */
  iptablesProgram: orNull(text),
  /** Tables of nftables as `family name`; null when they could not be listed. */
  nftTables: orNull(list(text)),
  nftRuleCount: orNull(number),
  /** Answer to a dry run of what the enforcer programs; null when it was not asked. */
  nftDryRun: orNull(probe),
  legacyRules: list(object({ family: text, table: text, rules: number })),
})

const operatingSystem = object({
  id: text,
  idLike: list(text),
  name: text,
  prettyName: text,
  versionId: text,
  version: text,
  debianVersion: orNull(text),
  releaseFile: orNull(object({ path: text, content: text })),
  machine: text,
  bits: orNull(number),
  libc: orNull(text),
})

const resources = object({
  cpusPresent: orNull(number),
  cpusOfAccount: orNull(number),
  memoryTotalBytes: orNull(number),
  memoryAvailableBytes: orNull(number),
  cgroupLimits: list(object({ hierarchy: number, file: text, path: text, value: text })),
  disks: list(object({ path: text, device: text, mountPoint: text, freeBytes: number, readOnly: flag })),
})

const software = object({
  packageManager: orNull(text),
  installer: orNull(text),
  /** Version by package name, of the packages that were asked for. */
  packages: dictionary(text),
  /** Path by program, and path by library. */
  programs: dictionary(text),
  libraries: dictionary(text),
  services: list(object({ name: text, active: text, enabled: text })),
  ufwEnabled: orNull(flag),
  paths: list(text),
  processes: list(object({ pid: number, name: text })),
  kubeletNetworkPlugin: orNull(text),
})

/**
 * Everything preflight knows about one Linux host. Null means "could not tell", never "no"; why is
 * in `unknown`, by the collector's name of the fact. Names of modules are written with underscores.
 */
export const hostFactsShape = object({
  host: text,
  /** When the tool received the answer, RFC 3339. */
  collectedAt: text,
  clock: object({
    hostEpochMs: orNull(number),
    /** The host's clock again, after everything else was collected. */
    hostEpochAtEndMs: orNull(number),
    sentAtMs: number,
    receivedAtMs: number,
    synchronised: orNull(flag),
  }),
  account: object({
    uid: orNull(number),
    name: text,
    /** False inside a user namespace, where capabilities do not reach the kernel. */
    inInitialUserNamespace: orNull(flag),
  }),
  /** PID 1, whose children services are, and the account that collected. */
  serviceManager: object({
    command: orNull(text),
    status: orNull(processStatus),
    systemdRuns: flag,
    systemdVersion: orNull(number),
    systemState: orNull(text),
  }),
  operatingSystem,
  kernel,
  netfilter,
  resources,
  surroundings: object({
    container: orNull(text),
    machine: orNull(text),
    /** Whose cloud it is, as the firmware says: `aws`; null for nobody's that is known. */
    cloud: orNull(text),
    lockdown: orNull(text),
    secureBoot: orNull(flag),
    selinuxEnforcing: orNull(flag),
  }),
  software,
  endpoints: list(endpoint),
  unknown: dictionary(text),
})

export const factsDocumentShape = object({ apiVersion: oneOf([factsVersion]), hosts: list(hostFactsShape) })

export type HostFacts = Shaped<typeof hostFactsShape>
export type FactsDocument = Shaped<typeof factsDocumentShape>
export type EndpointFacts = Shaped<typeof endpoint>
export type KernelFacts = Shaped<typeof kernel>
export type Probe = Shaped<typeof probe>
