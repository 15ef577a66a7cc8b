import type { HostFacts } from '../facts/host-facts.ts'
import { formatSize, parseSizeBytes } from '../requirements/size.ts'
import { evidence, type Check, type CheckSources, type Verdict } from './check.ts'

/**
 * Of the memory a machine is sold with, firmware, crash kernel and the kernel itself keep some: what
 * /proc/meminfo calls the total of a "2 GB" machine is up to a tenth less.
 */
const shareOfNominalMemory = 0.9

export function resourceChecks(sources: CheckSources): Check[] {
  const { minimumVcpus, minimumMemory, freeDisk } = sources.linux
  return [
    ...(minimumVcpus === undefined ? [] : [vcpuCheck(minimumVcpus)]),
    ...(minimumMemory === undefined ? [] : [memoryCheck(minimumMemory)]),
    ...Object.entries(freeDisk ?? {}).map(([path, size]) => diskCheck(path, size)),
  ]
}

function vcpuCheck(minimum: number): Check {
  return {
    id: 'linux.resources.vcpu',
    title: 'Usable vCPUs',
    category: 'resources',
    severity: 'overridable',
    requirement: `${minimum} vCPU`,
    hint: 'Give the host more processors, or lift the cgroup quota or affinity that withholds them.',
    evaluate(facts) {
      const limits = vcpuLimits(facts)
      const [least] = limits
      const shown = evidence(
        'nproc; grep Cpus_allowed_list /proc/1/status; cat /sys/fs/cgroup/cpu.max',
        limits.map(({ count, by }) => `${by}: ${count}`).join('; '),
      )
      if (least === undefined) return { outcome: 'unknown', found: 'the host did not say', evidence: null }
      const found = `${least.count} usable${least.by === 'present' ? '' : ` (limited by ${least.by})`}`
      return { outcome: least.count >= minimum ? 'pass' : 'fail', found, evidence: shown }
    },
  }
}

/** Everything that bounds the processors of a service, least first. */
function vcpuLimits(facts: HostFacts): { readonly count: number; readonly by: string }[] {
  const { cpusPresent, cgroupLimits } = facts.resources
  const affinity = countCpus(facts.serviceManager.status?.cpusAllowed ?? null)
  const sets = cgroupLimits
    .filter(({ file }) => file.startsWith('cpuset.'))
    .map(({ value }) => countCpus(value))
  const bounds = [
    ...(cpusPresent === null ? [] : [{ count: cpusPresent, by: 'present' }]),
    ...(affinity === null ? [] : [{ count: affinity, by: 'affinity' }]),
    ...sets.flatMap((count) => (count === null ? [] : [{ count, by: 'cgroup cpuset' }])),
    ...quotas(facts).map((count) => ({ count, by: 'cgroup quota' })),
  ]
  return bounds.sort((a, b) => a.count - b.count)
}

/** `0-3,8` names five processors; an empty set names none and bounds nothing. */
export function countCpus(list: string | null): number | null {
  if (list === null || !/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/.test(list)) return null
  return list.split(',').reduce((sum, part) => {
    const [from, to] = part.split('-').map(Number)
    return sum + (to ?? from ?? 0) - (from ?? 0) + 1
  }, 0)
}

function quotas(facts: HostFacts): number[] {
  const limits = facts.resources.cgroupLimits
  const second = limits.filter(({ file }) => file === 'cpu.max').map(({ value }) => value.split(' '))
  const first = limits
    .filter(({ file }) => file === 'cpu.cfs_quota_us')
    .map(({ path, value }) => [
      value,
      limits.find((one) => one.file === 'cpu.cfs_period_us' && one.path === path)?.value,
    ])
  return [...second, ...first].flatMap(([quota, period]) => {
    const count = Number(quota) / Number(period ?? 100_000)
    return count > 0 && Number.isFinite(count) ? [Math.round(count * 10) / 10] : []
  })
}

function memoryCheck(minimum: string): Check {
  const bytes = parseSizeBytes(minimum)
  return {
    id: 'linux.resources.memory',
    title: 'Usable memory',
    category: 'resources',
    severity: 'overridable',
    requirement: `${formatSize(bytes)} nominal, of which ${formatSize(bytes * shareOfNominalMemory)} usable`,
    hint: 'Give the host more memory, or lift the cgroup limit that withholds it.',
    evaluate: (facts) => judgeMemory(bytes, facts),
  }
}

function judgeMemory(minimumBytes: number, facts: HostFacts): Verdict {
  const { memoryTotalBytes: total, cgroupLimits } = facts.resources
  if (total === null) return { outcome: 'unknown', found: 'the host did not say', evidence: null }
  const limits = cgroupLimits
    .filter(({ file }) => file === 'memory.max' || file === 'memory.limit_in_bytes')
    .map(({ value }) => Number(value))
    .filter((value) => Number.isFinite(value) && value > 0)
  const usable = Math.min(total, ...limits)
  const found = `${formatSize(usable)} usable${usable < total ? ' (limited by its cgroup)' : ''}`
  const shown = evidence('grep MemTotal /proc/meminfo; cat /sys/fs/cgroup/memory.max', `${total / 1024} kB`)
  return { outcome: usable >= minimumBytes * shareOfNominalMemory ? 'pass' : 'fail', found, evidence: shown }
}

function diskCheck(path: string, size: string): Check {
  const bytes = parseSizeBytes(size)
  return {
    id: `linux.resources.disk.${path.replace(/^\//, '').replaceAll('/', '-')}`,
    title: `Free room at ${path}`,
    category: 'resources',
    severity: 'error',
    requirement: `${formatSize(bytes)} free at ${path}, writable`,
    hint: 'Make room on that file system.',
    evaluate(facts) {
      const disk = facts.resources.disks.find((one) => one.path === path)
      if (disk === undefined) return { outcome: 'unknown', found: 'the host did not say', evidence: null }
      const shown = evidence(`df -P -k ${path}`, `${disk.device} on ${disk.mountPoint}`)
      if (disk.readOnly) return { outcome: 'fail', found: `${disk.mountPoint} is read-only`, evidence: shown }
      const found = `${formatSize(disk.freeBytes)} free on ${disk.mountPoint}`
      return { outcome: disk.freeBytes >= bytes ? 'pass' : 'fail', found, evidence: shown }
    },
  }
}
