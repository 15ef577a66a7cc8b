import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { stateOfModule } from '../../../src/lib/preflight/checks/module-state.ts'
import { parseAnswers } from '../../../src/lib/preflight/facts/answers.ts'
import type { HostFacts } from '../../../src/lib/preflight/facts/host-facts.ts'
import { toFacts } from '../../../src/lib/preflight/facts/to-facts.ts'
import { judgeHost } from '../../../src/lib/preflight/judge-host.ts'
import { checksOf } from '../../../src/lib/preflight/preflight-host.ts'
import { guide202111 } from '../../../src/lib/preflight/requirements/guide.ts'
import { everyCheck } from '../../../src/lib/preflight/select-checks.ts'

const raw = new URL('../../fixtures/preflight/raw/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, raw), 'utf8')
const suites = ['bullseye', 'bookworm', 'trixie'] as const

function facts(suite: string, account: string): HostFacts {
  const answers = parseAnswers(read(`vm-${suite}-${account}.txt`), { host: suite })
  return toFacts(answers, { host: suite, sentAtMs: 0, receivedAtMs: 0 })
}

/** What `$ command` printed, in the transcript of a machine. */
function byHand(suite: string): ReadonlyMap<string, string> {
  const parts = read(`vm-${suite}-by-hand.txt`).split(/^\$ /m).slice(1)
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]))
}

describe.each(suites)('a machine with the kernel of Debian %s', (suite) => {
  const hand = byHand(suite)
  const seen = facts(suite, 'root')
  const asked = [...hand.keys()].flatMap((command) => /^modprobe -n -v (\S+)$/.exec(command)?.[1] ?? [])

  it('was asked by hand for every module of the guide', () => {
    expect(asked).toEqual(expect.arrayContaining(Object.keys(guide202111.linux.kernelModules)))
  })

  it.each(asked)('has %s where plain commands say it is', (name) => {
    const { state } = stateOfModule(name, seen)
    const loaded = hand.get(`lsmod | grep -w ^${name}`)?.startsWith(`${name} `) ?? false
    const builtIn = [...hand].some(
      ([command, said]) => command.includes(`/${name}[.]ko`) && said.startsWith('kernel/'),
    )
    const file = new RegExp(`^insmod .*/${name}\\.ko(\\.xz)?\\s*$`, 'm').test(
      hand.get(`modprobe -n -v ${name}`) ?? '',
    )
    // The transcript is of after the collector ran; what was loaded by then was loadable or loaded before.
    if (loaded) expect(['loaded', 'loadable']).toContain(state)
    else if (builtIn) expect(state).toBe('built in')
    else expect(state).toBe(file ? 'loadable' : 'absent')
  })

  it('agrees with the transcript on system, memory and packages', () => {
    const uname = hand.get('uname -srm')?.trim()
    expect(uname).toBe(`Linux ${seen.kernel.release} ${seen.operatingSystem.machine}`)
    const total = /MemTotal:\s+(\d+) kB/.exec(
      hand.get('grep -E "^(MemTotal|MemAvailable)" /proc/meminfo') ?? '',
    )?.[1]
    expect(seen.resources.memoryTotalBytes).toBe(Number(total) * 1024)
    expect(hand.get('dpkg-query -W libelf1 libelf1t64 conntrack ipset')).toContain(
      seen.software.packages['ipset'],
    )
    expect(hand.get('systemctl --version | head -n 1')).toContain(
      `systemd ${seen.serviceManager.systemdVersion ?? 0}`,
    )
  })

  it('is judged alike as root and by sudo, and without root never worse than "could not tell"', () => {
    const criteria = { set: guide202111, selection: everyCheck, strict: false }
    // timedatectl starts a service to answer, which on an emulated machine may take longer than a probe may.
    const timed = 'linux.clock.synchronised'
    const outcomes = (account: string) =>
      judgeHost(facts(suite, account), { ...criteria, checks: checksOf(criteria) })
        .checks.filter(({ id }) => id !== timed)
        .map(({ id, outcome }) => [id, outcome] as const)
    const root = new Map(outcomes('root'))
    expect(new Map(outcomes('sudo'))).toEqual(root)
    for (const [id, outcome] of outcomes('probe'))
      if (outcome !== root.get(id)) expect([id, outcome]).toEqual([id, 'unknown'])
    const failed = [...root].filter(([, outcome]) => outcome === 'fail').map(([id]) => id)
    expect(failed.filter((id) => id.startsWith('linux.kernel') || id.startsWith('linux.capability'))).toEqual(
      [],
    )
  })
})
