import type { HostFacts } from '../facts/host-facts.ts'
import { equivalents, type Equivalent } from '../requirements/equivalents.ts'
import type { Check, CheckSources, Fix, Verdict } from './check.ts'
import { installKernelModules, keepModuleLoaded } from './distribution-commands.ts'
import { stateOfModule, type ModuleAnswer, type ModuleState } from './module-state.ts'

/** One check for each kernel module that is required. */
export function kernelModuleChecks(sources: CheckSources): Check[] {
  const modules = Object.entries(sources.linux.kernelModules ?? {})
  const checks = modules.map(([name, purpose]) => kernelModuleCheck(name, purpose))
  return 'ip_tables' in (sources.linux.kernelModules ?? {}) ? [...checks, legacyTablesCheck] : checks
}

function kernelModuleCheck(name: string, purpose: string): Check {
  return {
    id: `linux.kernel.module.${name}`,
    title: `Kernel module ${name}`,
    category: 'kernel',
    severity: 'error',
    requirement: `${name} loaded, built in or loadable: ${purpose}`,
    hint: 'Install the package that carries the other modules of the running kernel, or boot a kernel that has it.',
    evaluate: (facts) => judgeModule(name.replaceAll('-', '_'), facts),
  }
}

function judgeModule(name: string, facts: HostFacts): Verdict {
  const answer = stateOfModule(name, facts)
  if (isThere(answer.state)) return { outcome: 'pass', found: answer.state, evidence: answer.evidence }
  const stand = standInFor(name, facts)
  if (stand !== null) return stand
  const found = answer.because === undefined ? answer.state : `${answer.state}: ${answer.because}`
  if (answer.state === 'unknown') return { outcome: 'unknown', found, evidence: answer.evidence }
  const fix = fixFor({ name, answer }, facts)
  return { outcome: 'fail', found, evidence: answer.evidence, ...(fix === null ? {} : { fix }) }
}

function isThere(state: ModuleState): boolean {
  return state === 'loaded' || state === 'built in' || state === 'loadable'
}

/** What does the work under another name: a successor we know of, or what the kernel itself says. */
function standInFor(name: string, facts: HostFacts): Verdict | null {
  const byAlias = (facts.kernel.aliases[name] ?? []).map((module) => ({
    module,
    because: 'modules.alias says so',
  }))
  const candidates: readonly Equivalent[] = [...(equivalents[name] ?? []), ...byAlias]
  for (const candidate of candidates) {
    const answer = stateOfModule(candidate.module, facts)
    if (!isThere(answer.state) || lacksOption(candidate, facts)) continue
    return {
      outcome: 'pass',
      found: `satisfied by ${candidate.module} (${answer.state}): ${candidate.because}`,
      evidence: answer.evidence,
      satisfiedBy: candidate.module,
    }
  }
  return null
}

/** Only a configuration that was read can say that an option is off. */
function lacksOption(candidate: Equivalent, facts: HostFacts): boolean {
  const { config } = facts.kernel
  if (candidate.option === undefined || config === null) return false
  return !config.builtIn.includes(candidate.option) && !config.module.includes(candidate.option)
}

function fixFor(
  what: { readonly name: string; readonly answer: ModuleAnswer },
  facts: HostFacts,
): Fix | null {
  if (what.answer.state === 'blocked') {
    if (facts.kernel.loadingDisabled === true)
      return { command: `${keepModuleLoaded([what.name], { now: false })} && reboot`, automatic: false }
    return {
      command: `grep -rls 'install ${what.name}' /etc/modprobe.d  # take the line out, then: modprobe ${what.name}`,
      automatic: false,
    }
  }
  if (facts.kernel.config?.builtIn.includes('MODULES') === false && facts.kernel.loadable === null)
    return null
  return installKernelModules(facts)
}

/**
 * Enforcers older than the fix of APO-146 found no ip_tables on RHEL 8 and its relatives unless somebody
 * had loaded it, because there iptables speaks nftables and never asks for it.
 */
const legacyTablesCheck: Check = {
  id: 'linux.kernel.legacy-tables',
  title: 'ip_tables and iptable_nat in memory (APO-146)',
  category: 'kernel',
  severity: 'warning',
  requirement: 'ip_tables and iptable_nat loaded or built in, where iptables itself speaks nftables',
  hint: 'Load ip_tables and iptable_nat now and at boot. Only enforcers without the fix of APO-146 need it.',
  evaluate(facts) {
    const modules = ['ip_tables', 'iptable_nat']
    const answers = modules.map((name) => ({ name, answer: stateOfModule(name, facts) }))
    const found = answers.map(({ name, answer }) => `${name} ${answer.state}`).join(', ')
    const first = answers.find(({ answer }) => answer.state !== 'loaded' && answer.state !== 'built in')
    const shown = (first ?? answers[0])?.answer.evidence ?? null
    if (first === undefined) return { outcome: 'pass', found, evidence: shown }
    if (!isRelativeOfRhel8(facts))
      return { outcome: 'pass', found: `${found}; loaded on demand here`, evidence: shown }
    if (answers.some(({ answer }) => !isThere(answer.state)))
      return { outcome: 'skipped', found: `${found}: see the checks of these modules`, evidence: shown }
    return {
      outcome: 'fail',
      found,
      evidence: shown,
      fix: { command: keepModuleLoaded(modules, { now: true }), automatic: true },
    }
  },
}

function isRelativeOfRhel8(facts: HostFacts): boolean {
  const { id, idLike, versionId } = facts.operatingSystem
  const family = [id, ...idLike].some((name) => ['rhel', 'centos', 'rhcos'].includes(name))
  return family && (/^8(\.|$)/.test(versionId) || facts.kernel.release.includes('.el8'))
}
