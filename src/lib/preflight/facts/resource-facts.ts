import type { Answers } from './answers.ts'
import type { HostFacts } from './host-facts.ts'
import { numberOf } from './read-answer.ts'

export function resourceFacts(answers: Answers): HostFacts['resources'] {
  return {
    cpusPresent: numberOf(answers.first('cpu.present')),
    cpusOfAccount: numberOf(answers.first('cpu.nproc')),
    memoryTotalBytes: memory(answers, 'MemTotal'),
    memoryAvailableBytes: memory(answers, 'MemAvailable'),
    cgroupLimits: answers.all('cgroup.limit').flatMap((line) => {
      const [, hierarchy, file, path, value] = /^v([12]) (\S+) (\S+) (.*)$/.exec(line) ?? []
      if (file === undefined || path === undefined || value === undefined) return []
      return [{ hierarchy: Number(hierarchy), file, path, value }]
    }),
    disks: disks(answers),
  }
}

function memory(answers: Answers, field: string): number | null {
  const line = answers.all('memory.info').find((one) => one.startsWith(`${field}:`))
  const kibibytes = numberOf(/(\d+) kB$/.exec(line ?? '')?.[1] ?? null)
  return kibibytes === null ? null : kibibytes * 1024
}

/** `df -P -k` has six fields; only the device may hold spaces, so they are counted from the end. */
function disks(answers: Answers): HostFacts['resources']['disks'] {
  const readOnly = answers.all('disk.readOnly')
  return answers.all('disk.free').flatMap((line) => {
    const [, path, device, available, mountPoint] = /^(\S+) (.+) \d+ \d+ (-?\d+) \S+ (\/.*)$/.exec(line) ?? []
    const kibibytes = numberOf(available ?? null)
    if (path === undefined || device === undefined || mountPoint === undefined || kibibytes === null)
      return []
    return [{ path, device, mountPoint, freeBytes: kibibytes * 1024, readOnly: readOnly.includes(path) }]
  })
}
