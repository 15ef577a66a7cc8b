import type { HostFacts } from '../facts/host-facts.ts'
import { compareVersions, parseVersion } from '../requirements/version.ts'
import { evidence, whyUnknown, type Check, type CheckSources, type Verdict } from './check.ts'

/** Processor, C library, service manager, and what the kernel is locked into. */
export function platformChecks(sources: CheckSources): Check[] {
  const { architectures, minimumGlibc, minimumSystemd } = sources.linux
  return [
    ...(architectures === undefined ? [] : [architectureCheck(architectures)]),
    ...(minimumGlibc === undefined ? [] : [libraryCheck(minimumGlibc)]),
    ...(minimumSystemd === undefined ? [] : [systemdCheck(minimumSystemd)]),
    containerCheck,
    lockdownCheck,
  ]
}

function architectureCheck(architectures: readonly string[]): Check {
  return {
    id: 'linux.system.architecture',
    title: 'Processor architecture',
    category: 'system',
    severity: 'error',
    requirement: `${architectures.join(' or ')}, 64-bit programs`,
    hint: 'There is no enforcer for this processor.',
    evaluate(facts) {
      const { machine, bits } = facts.operatingSystem
      const shown = evidence('uname -m; getconf LONG_BIT', `${machine} ${bits ?? ''}`.trim())
      if (machine === '') return { outcome: 'unknown', found: 'the host did not say', evidence: shown }
      // A 64-bit kernel may carry a 32-bit system, which has no loader for the enforcer.
      const fits = architectures.includes(machine) && (bits === null || bits === 64)
      const found = bits === 32 ? `${machine} with 32-bit programs` : machine
      return { outcome: fits ? 'pass' : 'fail', found, evidence: shown }
    },
  }
}

function libraryCheck(minimum: string): Check {
  return {
    id: 'linux.system.glibc',
    title: 'C library',
    category: 'system',
    severity: 'error',
    requirement: `glibc ${minimum} or later`,
    hint: 'The enforcer runs on glibc; there is none for musl, nor for older ones.',
    evaluate: (facts) => judgeLibrary(minimum, facts),
  }
}

function judgeLibrary(minimum: string, facts: HostFacts): Verdict {
  const { libc } = facts.operatingSystem
  const shown = evidence('getconf GNU_LIBC_VERSION || ldd --version', libc ?? '')
  if (libc === null) return { outcome: 'unknown', found: whyUnknown(facts, 'os.libc'), evidence: shown }
  if (/musl/i.test(libc)) return { outcome: 'fail', found: 'musl', evidence: shown }
  const version = parseVersion(/(\d+\.\d+)\s*$/.exec(libc)?.[1] ?? '')
  if (version === null) return { outcome: 'unknown', found: libc, evidence: shown }
  const enough = compareVersions(version, parseVersion(minimum) ?? []) >= 0
  return { outcome: enough ? 'pass' : 'fail', found: `glibc ${version.join('.')}`, evidence: shown }
}

function systemdCheck(minimum: number): Check {
  return {
    id: 'linux.system.systemd',
    title: 'Service manager',
    category: 'system',
    severity: 'error',
    requirement: `systemd ${minimum} or later as PID 1`,
    hint: 'The enforcer is a systemd service; another init cannot start it.',
    evaluate(facts) {
      const { systemdRuns, systemdVersion, command } = facts.serviceManager
      const shown = evidence('ls -d /run/systemd/system; systemctl --version', command ?? '')
      if (!systemdRuns)
        return { outcome: 'fail', found: `PID 1 is ${command ?? 'not systemd'}`, evidence: shown }
      if (systemdVersion === null)
        return { outcome: 'unknown', found: 'systemd of no version', evidence: shown }
      const outcome = systemdVersion >= minimum ? 'pass' : 'fail'
      return { outcome, found: `systemd ${systemdVersion}`, evidence: shown }
    },
  }
}

const containerCheck: Check = {
  id: 'linux.system.container',
  title: 'A host of its own',
  category: 'system',
  severity: 'warning',
  requirement: 'the host itself, not a container on it',
  hint: 'Install on the host that runs the container: one enforcer there covers what runs in it.',
  evaluate(facts) {
    const { container } = facts.surroundings
    const shown = evidence('systemd-detect-virt --container', container ?? '')
    if (container === null) return { outcome: 'unknown', found: 'no sign either way', evidence: shown }
    return container === 'none'
      ? { outcome: 'pass', found: facts.surroundings.machine ?? 'not a container', evidence: shown }
      : { outcome: 'fail', found: `a ${container} container`, evidence: shown }
  },
}

/** Lockdown forbids unsigned modules (integrity) and also BPF that reads the kernel (confidentiality). */
const lockdownCheck: Check = {
  id: 'linux.kernel.lockdown',
  title: 'Kernel lockdown and Secure Boot',
  category: 'kernel',
  severity: 'warning',
  requirement: 'no confidentiality lockdown',
  hint: "Integrity lockdown and Secure Boot let the distribution's own signed modules load; confidentiality also stops BPF.",
  evaluate(facts) {
    const { lockdown, secureBoot } = facts.surroundings
    const boot = secureBoot === null ? '' : `, Secure Boot ${secureBoot ? 'on' : 'off'}`
    const shown = evidence(
      'cat /sys/kernel/security/lockdown; mokutil --sb-state',
      lockdown ?? 'no such file',
    )
    // Kernels before 5.4, and those built without it, have no such file and no lockdown.
    const found = `lockdown ${lockdown ?? 'not part of this kernel'}${boot}`
    return { outcome: lockdown === 'confidentiality' ? 'fail' : 'pass', found, evidence: shown }
  },
}
