import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { collectorScript } from '../../../../src/lib/preflight/collect/collector-script.ts'
import { parseAnswers } from '../../../../src/lib/preflight/facts/answers.ts'
import type { HostFacts } from '../../../../src/lib/preflight/facts/host-facts.ts'
import { toFacts } from '../../../../src/lib/preflight/facts/to-facts.ts'
import { judgeHost } from '../../../../src/lib/preflight/judge-host.ts'
import { checksOf } from '../../../../src/lib/preflight/preflight-host.ts'
import { guide202111 } from '../../../../src/lib/preflight/requirements/guide.ts'
import { everyCheck } from '../../../../src/lib/preflight/select-checks.ts'

const run = promisify(execFile)
const isRoot = process.getuid?.() === 0

/** Sends the script as a host gets it: over standard input, to `sh -s`. */
async function collectWith(shell: readonly string[], stdin = collectorScript): Promise<string> {
  const [program = '', ...args] = shell
  const child = run(program, args, { maxBuffer: 1 << 24, env: { PATH: process.env['PATH'] ?? '' } })
  child.child.stdin?.end(stdin)
  return (await child).stdout
}

function factsIn(output: string): HostFacts {
  return toFacts(parseAnswers(output, { host: 'here' }), { host: 'here', sentAtMs: 0, receivedAtMs: 0 })
}

/** What changes from one second to the next is not what shells differ in. */
function still(facts: HostFacts): HostFacts {
  return {
    ...facts,
    // Busybox sh may prefer its own modprobe, which is not asked.
    kernel: { ...facts.kernel, modprobeFinds: null },
    clock: { ...facts.clock, hostEpochMs: null, hostEpochAtEndMs: null },
    resources: { ...facts.resources, memoryAvailableBytes: null, disks: [] },
    software: { ...facts.software, processes: [] },
    netfilter: { ...facts.netfilter, nftTables: null, nftRuleCount: null, legacyRules: [] },
  }
}

describe('collector.sh', { timeout: 60_000 }, () => {
  it('satisfies shellcheck', async () => {
    const file = fileURLToPath(new URL('../../../../src/lib/preflight/collect/collector.sh', import.meta.url))
    await expect(run('shellcheck', ['--shell=sh', file])).resolves.toMatchObject({ stdout: '' })
  })

  it('says the same in dash, busybox sh and bash', async () => {
    const shells = [
      ['dash', '-s'],
      ['busybox', 'sh', '-s'],
      ['bash', '--posix', '-s'],
      ['bash', '-s'],
    ]
    const [first, ...others] = await Promise.all(shells.map((shell) => collectWith(shell)))
    const expected = still(factsIn(first!))
    expect(expected.kernel.release).not.toBe('')
    for (const output of others) expect(still(factsIn(output))).toEqual(expected)
  })

  it('does nothing at all when it arrives cut off', async () => {
    for (const share of [0.2, 0.5, 0.9, 0.99]) {
      const part = collectorScript.slice(0, Math.floor(collectorScript.length * share))
      const output = await collectWith(['sh', '-s'], part).catch((error: unknown) =>
        String((error as { stdout?: string }).stdout),
      )
      expect(output).toBe('')
    }
  })

  it.runIf(isRoot)('writes nothing: it works where every file system is read-only', async () => {
    const script = `mount -o remount,ro,bind / 2>/dev/null; mount -t tmpfs -o ro none /tmp 2>/dev/null
      touch /tmp/x /root/x 2>/dev/null && echo WRITABLE; exec sh -s`
    const output = await collectWith(['unshare', '-m', 'sh', '-c', script])
    expect(output).not.toContain('WRITABLE')
    expect(factsIn(output).kernel.release).not.toBe('')
  })

  it.runIf(isRoot)('without root says that it could not tell, and never that something failed', async () => {
    const nobody = [
      'setpriv',
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      '--bounding-set=-all',
      'sh',
      '-s',
    ]
    const [asRoot, asNobody] = await Promise.all([collectWith(['sh', '-s']), collectWith(nobody)])
    const criteria = { set: guide202111, selection: everyCheck, strict: false }
    const judge = (output: string) => judgeHost(factsIn(output), { ...criteria, checks: checksOf(criteria) })
    const root = new Map(judge(asRoot).checks.map((check) => [check.id, check.outcome]))
    const nobodys = judge(asNobody).checks
    expect(factsIn(asNobody).account.uid).toBe(65534)
    for (const { id, outcome } of nobodys)
      if (outcome !== root.get(id)) expect([id, outcome]).toEqual([id, 'unknown'])
    // What only root may see is among them: the rules of the packet filter.
    expect(nobodys.find(({ id }) => id === 'linux.firewall.foreign-rules')?.outcome).toBe('unknown')
    // The capabilities are those of a service, not of this stripped shell.
    expect(nobodys.find(({ id }) => id === 'linux.capability.CAP_NET_ADMIN')?.outcome).toBe('pass')
  })

  it('is found among banners and login noise', async () => {
    const output = await collectWith(['sh', '-s'])
    const noisy = `Welcome!\n@apoctl os.machine fake\n${output}\nlogout: 3 processes\n@apoctl os.machine fake\n`
    expect(factsIn(noisy)).toEqual(factsIn(output))
  })

  it('reads its own file the same way by hand', async () => {
    const file = fileURLToPath(new URL('../../../../src/lib/preflight/collect/collector.sh', import.meta.url))
    const { stdout } = await run('sh', [file])
    expect(stdout).toContain('@apoctl end apoctl.collector/v1')
    expect(await readFile(file, 'utf8')).toMatch(/^#!\/bin\/sh\n/)
  })
})
