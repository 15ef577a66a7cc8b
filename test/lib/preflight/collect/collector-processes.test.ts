import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collectorScript } from '../../../../src/lib/preflight/collect/collector-script.ts'

const run = promisify(execFile)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apoctl-processes-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The names of all programs that the collector starts, and how many processes it takes for that. */
async function startedBy(
  shell: readonly string[],
): Promise<{ readonly programs: readonly string[]; readonly processes: number }> {
  const file = join(folder, 'trace')
  const calls = 'trace=execve,clone,?clone3,?fork,?vfork'
  const child = run('strace', ['-f', '-qq', '-e', calls, '-e', 'signal=none', '-o', file, ...shell, '-s'])
  child.child.stdin?.end(collectorScript)
  const { stdout } = await child
  expect(stdout).toContain('@apoctl end apoctl.collector/v1')
  const trace = (await readFile(file, 'utf8')).split('\n')
  // A call that another process interrupts has two lines, of which the second one has the result.
  const pending = new Map<string, string>()
  const programs: string[] = []
  for (const line of trace) {
    const [, pid = '', name] = /^(\d+) +execve\("(?:[^"]*\/)?([^"/]+)"/.exec(line) ?? []
    if (name !== undefined) pending.set(pid, name)
    const [, ended = ''] = /^(\d+) +(?:execve\(|<\.\.\. execve resumed>).* = 0$/.exec(line) ?? []
    if (ended !== '') programs.push(pending.get(ended) ?? 'unknown')
  }
  const processes = trace.filter((line) => /(?:clone3?|v?fork)(?:\(| resumed>).* = \d+$/.test(line)).length
  return { programs, processes }
}

/**
 * What a collection costs a host is what it starts: a process takes longer than all that the shell does
 * itself. It was 97 programs once, and is about 20. What depends on the host is allowed for: systemd that
 * runs (8), init scripts (13), a kernel with modules (4), rules of the old iptables (12).
 */
describe.each([['dash'], ['bash', '--posix'], ['busybox', 'sh']])('the collector in %s', (...shell) => {
  it('starts few programs', { timeout: 60_000 }, async () => {
    const { programs, processes } = await startedBy(shell)
    const depends = programs.filter((name) =>
      /^(?:systemctl|timedatectl|modprobe|ip6?tables.*|xtables.*)$/.test(name),
    )
    // Whatever is bounded in time is started through timeout.
    const own = programs.filter((name) => !depends.includes(name) && name !== 'timeout')
    expect(own.length, own.join(' ')).toBeLessThanOrEqual(28)
    expect(depends.length, depends.join(' ')).toBeLessThanOrEqual(37)
    // Pipes and `$(…)` are what takes processes beyond programs.
    expect(processes - programs.length, 'processes that run no program').toBeLessThanOrEqual(25)
  })

  it('reads all long files with one awk, and cuts no line with a program', { timeout: 60_000 }, async () => {
    const { programs } = await startedBy(shell)
    // A busybox may be its own awk.
    expect(programs.filter((name) => /^[mg]?awk$/.test(name)).length).toBeLessThanOrEqual(1)
    expect(programs.filter((name) => /^(?:head|tail|cut|sort)$/.test(name))).toEqual([])
  })
})
