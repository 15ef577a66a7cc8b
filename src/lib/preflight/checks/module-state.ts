import type { HostFacts, KernelFacts } from '../facts/host-facts.ts'
import { configOptions, optionGoneSince, packetFilterNames } from '../requirements/equivalents.ts'
import { compareVersions, parseVersion } from '../requirements/version.ts'
import { evidence, type Evidence } from './check.ts'

/** The four answers, and that nobody could tell. `blocked`: the file is there, and may not be loaded. */
export type ModuleState = 'loaded' | 'built in' | 'loadable' | 'blocked' | 'absent' | 'unknown'

export interface ModuleAnswer {
  readonly state: ModuleState
  readonly evidence: Evidence
  /** What `unknown`, `blocked` and `absent` rest on. */
  readonly because?: string
}

type Seen = Pick<HostFacts, 'kernel' | 'netfilter'>

/**
 * Where a kernel has a module, from the surest sign to the faintest: what runs, what is built in, what
 * could be loaded, how the kernel was configured, and what its packet filter answers to. Only a kernel
 * whose modules or configuration could be read can be said not to have one.
 */
export function stateOfModule(name: string, seen: Seen): ModuleAnswer {
  return (
    isLoaded(name, seen.kernel) ??
    isBuiltIn(name, seen.kernel) ??
    isLoadable(name, seen.kernel) ??
    isConfigured(name, seen.kernel) ??
    isAnswered(name, seen) ??
    isNowhere(name, seen.kernel)
  )
}

function isLoaded(name: string, kernel: KernelFacts): ModuleAnswer | null {
  if (!kernel.loaded?.includes(name)) return null
  return { state: 'loaded', evidence: evidence(`grep '^${name} ' /proc/modules`, name) }
}

function isBuiltIn(name: string, kernel: KernelFacts): ModuleAnswer | null {
  if (kernel.builtIn?.includes(name))
    return {
      state: 'built in',
      evidence: evidence(`grep '/${name}.ko' ${kernel.tree ?? ''}/modules.builtin`, `${name}.ko`),
    }
  if (!kernel.sysBuiltIn.includes(name)) return null
  const command = `ls -d /sys/module/${name}; ls /sys/module/${name}/initstate`
  return { state: 'built in', evidence: evidence(command, `/sys/module/${name}, and it was not loaded`) }
}

function isLoadable(name: string, kernel: KernelFacts): ModuleAnswer | null {
  if (!kernel.loadable?.includes(name)) return null
  const file = kernel.files[name] ?? `${name}.ko`
  const found = evidence(`grep '/${name}.ko' ${kernel.loadableFrom ?? ''}`, file)
  const obstacle = obstacleTo(name, kernel)
  return obstacle === null
    ? { state: 'loadable', evidence: found }
    : { state: 'blocked', evidence: obstacle, because: obstacle.output }
}

function obstacleTo(name: string, kernel: KernelFacts): Evidence | null {
  if (kernel.loadingDisabled === true)
    return evidence('cat /proc/sys/kernel/modules_disabled', '1: no module can be loaded until the next boot')
  const rule = kernel.modprobeRules.find((line) => {
    const [verb, module = '', command = ''] = line.split(/\s+/)
    return verb === 'install' && module.replaceAll('-', '_') === name && /\/(?:true|false)$/.test(command)
  })
  return rule === undefined ? null : evidence(`grep -rs 'install ${name}' /etc/modprobe.d`, rule)
}

function isConfigured(name: string, kernel: KernelFacts): ModuleAnswer | null {
  const { config } = kernel
  const option = config && optionsOf(name, kernel.release).find((one) => config.builtIn.includes(one))
  if (config === null || option === undefined || option === null) return null
  return { state: 'built in', evidence: evidence(readConfig(config.file, option), `CONFIG_${option}=y`) }
}

function isAnswered(name: string, seen: Seen): ModuleAnswer | null {
  const entry = packetFilterNames[name]
  if (entry === undefined || !seen.netfilter[entry.kind]?.includes(entry.name)) return null
  const file = `/proc/net/ip_tables_${entry.kind === 'tables' ? 'names' : entry.kind}`
  return { state: 'loaded', evidence: evidence(`grep -x ${entry.name} ${file}`, entry.name) }
}

/** Absent, when something that was read would have named it; else nobody can tell. */
function isNowhere(name: string, kernel: KernelFacts): ModuleAnswer {
  return missingFromTree(name, kernel) ?? missingFromConfig(name, kernel) ?? unknown(name, kernel)
}

function missingFromTree(name: string, kernel: KernelFacts): ModuleAnswer | null {
  if (kernel.builtIn === null || kernel.loadable === null) return null
  const tree = kernel.tree ?? ''
  const packaged = builtAsModule(name, kernel)
  return {
    state: 'absent',
    evidence: evidence(`grep '/${name}.ko' ${tree}/modules.dep ${tree}/modules.builtin`, 'no such line'),
    because: packaged ? 'its file is not installed' : 'this kernel was built without it',
  }
}

function missingFromConfig(name: string, kernel: KernelFacts): ModuleAnswer | null {
  const { config } = kernel
  // For a module whose option we do not know, a configuration without our guess proves nothing.
  if (config === null || !(name in configOptions) || builtAsModule(name, kernel)) return null
  const [option] = optionsOf(name, kernel.release)
  if (option === undefined) return null
  const fixed = config.builtIn.includes('MODULES') ? '' : ', and cannot load modules'
  return {
    state: 'absent',
    evidence: evidence(readConfig(config.file, option), `CONFIG_${option} is not set`),
    because: `this kernel was built without it${fixed}`,
  }
}

function builtAsModule(name: string, kernel: KernelFacts): boolean {
  return optionsOf(name, kernel.release).some((option) => kernel.config?.module.includes(option))
}

function unknown(name: string, kernel: KernelFacts): ModuleAnswer {
  const missing = kernel.tree === null ? `no /lib/modules/${kernel.release} here` : 'its lists cannot be read'
  return {
    state: 'unknown',
    evidence: evidence(`modprobe -n -v ${name}; ls /lib/modules/${kernel.release}`, missing),
    because: missing,
  }
}

/** The build options that decide about a module, in this release. */
function optionsOf(name: string, release: string): readonly string[] {
  const gone = optionGoneSince[name]
  if (gone !== undefined && compareVersions(parseVersion(release) ?? [], gone) >= 0) return []
  const options = configOptions[name] ?? [name.toUpperCase()]
  if (name !== 'ip_tables') return options
  // From 6.9 on IP_NF_IPTABLES alone makes no ip_tables: the legacy tables are an option apart.
  const apart = compareVersions(parseVersion(release) ?? [], [6, 9]) >= 0
  return apart ? options.slice(0, 1) : options
}

function readConfig(file: string, option: string): string {
  return `${file.endsWith('.gz') ? 'zcat' : 'cat'} ${file} | grep CONFIG_${option}`
}
