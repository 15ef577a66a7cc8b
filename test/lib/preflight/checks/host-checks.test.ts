import { describe, expect, it } from 'vitest'
import { checksFor } from '../../../../src/lib/preflight/checks/all-checks.ts'
import type { Verdict } from '../../../../src/lib/preflight/checks/check.ts'
import { sayApart, skewToTool } from '../../../../src/lib/preflight/checks/clock-skew.ts'
import { countCpus } from '../../../../src/lib/preflight/checks/resources.ts'
import type { HostFacts } from '../../../../src/lib/preflight/facts/host-facts.ts'
import { enforcer } from '../../../../src/lib/preflight/requirements/enforcer.ts'
import { guide202111 } from '../../../../src/lib/preflight/requirements/guide.ts'
import { factsFrom } from '../collected.ts'

type Answers = Readonly<Record<string, readonly string[]>>
const sources = { console: true, packageHost: false, givenAuthority: false }
const all = new Map(
  [...checksFor(enforcer, sources), ...checksFor(guide202111, sources)].map((check) => [check.id, check]),
)
const judge = (id: string, facts: HostFacts): Verdict => all.get(id)!.evaluate(facts)
const ask = (id: string, answers: Answers): Verdict => judge(id, factsFrom(answers))

const status = (bounding: string, cpus = '0-3') => [
  'CapEff:\t000001ffffffffff',
  `CapBnd:\t${bounding}`,
  'NoNewPrivs:\t0',
  `Cpus_allowed_list:\t${cpus}`,
]

describe('capabilities', () => {
  it('are those that PID 1 can pass on, whatever this shell may do', () => {
    const answers = {
      'process.1.status': status('000001fffeffffff'),
      'process.self.status': status('0000000000000000'),
    }
    expect(ask('linux.capability.CAP_SYS_RESOURCE', answers)).toMatchObject({ outcome: 'fail' })
    expect(ask('linux.capability.CAP_SYS_ADMIN', answers)).toMatchObject({ outcome: 'pass' })
  })

  it('are not known when PID 1 cannot be seen', () => {
    expect(ask('linux.capability.CAP_SYS_ADMIN', { unknown: ['process.1.status hidepid'] })).toMatchObject({
      outcome: 'unknown',
      found: 'hidepid',
    })
  })

  it('mean nothing to the kernel inside a user namespace', () => {
    expect(ask('linux.capability.user-namespace', { 'account.uidMap': ['0 100000 65536'] }).outcome).toBe(
      'fail',
    )
    expect(
      ask('linux.capability.user-namespace', { 'account.uidMap': ['         0          0 4294967295'] })
        .outcome,
    ).toBe('pass')
  })
})

describe('vCPUs', () => {
  const cpus = (answers: Answers) => ask('linux.resources.vcpu', { 'cpu.present': ['4'], ...answers })

  it.each<[string, Answers, string]>([
    ['all there are', {}, '4 usable'],
    [
      'a cgroup v2 quota',
      { 'cgroup.limit': ['v2 cpu.max / 150000 100000'] },
      '1.5 usable (limited by cgroup quota)',
    ],
    ['no quota', { 'cgroup.limit': ['v2 cpu.max / max 100000'] }, '4 usable'],
    [
      'a cgroup v1 quota',
      { 'cgroup.limit': ['v1 cpu.cfs_quota_us /x 300000', 'v1 cpu.cfs_period_us /x 100000'] },
      '3 usable (limited by cgroup quota)',
    ],
    [
      'no cgroup v1 quota',
      { 'cgroup.limit': ['v1 cpu.cfs_quota_us / -1', 'v1 cpu.cfs_period_us / 100000'] },
      '4 usable',
    ],
    [
      'an affinity',
      { 'process.1.status': status('000001ffffffffff', '1,3') },
      '2 usable (limited by affinity)',
    ],
    ['a cpuset', { 'cgroup.limit': ['v2 cpuset.cpus.effective / 2'] }, '1 usable (limited by cgroup cpuset)'],
  ])('are counted with %s', (_, answers, found) => {
    expect(cpus(answers).found).toBe(found)
  })

  it('counts lists as the kernel writes them', () => {
    expect(['0', '0-3', '0-1,4,6-7', '', 'x'].map(countCpus)).toEqual([1, 4, 5, null, null])
  })
})

describe('memory', () => {
  const memory = (total: number, ...limits: string[]) =>
    ask('linux.resources.memory', { 'memory.info': [`MemTotal: ${total} kB`], 'cgroup.limit': limits })

  it('takes a machine sold with 2 GB, of which the kernel keeps some', () => {
    expect(memory(1_987_000).outcome).toBe('pass')
    expect(memory(1_790_000).outcome).toBe('pass')
    expect(memory(1_014_000).outcome).toBe('fail')
  })

  it('is what the cgroup lets a service have', () => {
    expect(memory(8_000_000, 'v2 memory.max / max').outcome).toBe('pass')
    expect(memory(8_000_000, 'v2 memory.max / 536870912')).toMatchObject({
      outcome: 'fail',
      found: '537 MB usable (limited by its cgroup)',
    })
    expect(memory(8_000_000, 'v1 memory.limit_in_bytes / 9223372036854771712').outcome).toBe('pass')
  })
})

describe('packages', () => {
  it.each<[string, string, Answers, string]>([
    [
      'Debian 12',
      'conntrack-tools',
      { 'os.release': ['ID=debian', 'VERSION_ID="12"'], 'package.installer': ['apt-get'] },
      'conntrack',
    ],
    [
      'Debian 13',
      'elfutils-libelf',
      { 'os.release': ['ID=debian', 'VERSION_ID="13"'], 'package.installer': ['apt-get'] },
      'libelf1t64',
    ],
    [
      'Ubuntu 20.04',
      'elfutils-libelf',
      {
        'os.release': ['ID=ubuntu', 'ID_LIKE=debian', 'VERSION_ID="20.04"'],
        'package.installer': ['apt-get'],
      },
      'libelf1',
    ],
    [
      'RHEL 8',
      'conntrack-tools',
      { 'os.release': ['ID="rhel"', 'VERSION_ID="8.3"'], 'package.installer': ['dnf'] },
      'conntrack-tools',
    ],
    [
      'SLES 12',
      'elfutils-libelf',
      { 'os.release': ['ID="sles"', 'ID_LIKE="suse"'], 'package.installer': ['zypper'] },
      'libelf1',
    ],
    ['Alpine', 'elfutils-libelf', { 'os.release': ['ID=alpine'], 'package.installer': ['apk'] }, 'libelf'],
  ])('have the name that %s gives them', (_, name, answers, own) => {
    const verdict = ask(`linux.package.${name}`, { 'package.manager': ['dpkg'], ...answers })
    expect(verdict).toMatchObject({ outcome: 'fail', found: `${own} is not installed` })
    expect(verdict.fix?.command.endsWith(` ${own}`)).toBe(true)
  })

  it('count when they came another way', () => {
    expect(ask('linux.package.ipset', { 'program.path': ['ipset /usr/local/sbin/ipset'] }).outcome).toBe(
      'pass',
    )
    expect(
      ask('linux.package.elfutils-libelf', { 'library.path': ['libelf /usr/lib64/libelf.so.1'] }).outcome,
    ).toBe('pass')
  })

  it('are not known where there is no package manager to ask', () => {
    expect(
      ask('linux.package.ipset', { unknown: ['package.manager none of dpkg, rpm and apk is there'] }).outcome,
    ).toBe('unknown')
  })
})

describe('platform of the bundled enforcer', () => {
  it.each([
    ['glibc 2.36', 'pass'],
    ['glibc 2.28', 'pass'],
    ['glibc 2.17', 'fail'],
    ['ldd (GNU libc) 2.34', 'pass'],
    ['musl libc (x86_64)', 'fail'],
    ['something else', 'unknown'],
  ])('C library %s: %s', (libc, outcome) => {
    expect(ask('linux.system.glibc', { 'os.libc': [libc] }).outcome).toBe(outcome)
  })

  it.each<[string, Answers, string]>([
    ['x86_64', { 'os.machine': ['x86_64'], 'os.bits': ['64'] }, 'pass'],
    ['a 32-bit system on a 64-bit kernel', { 'os.machine': ['x86_64'], 'os.bits': ['32'] }, 'fail'],
    ['riscv64', { 'os.machine': ['riscv64'], 'os.bits': ['64'] }, 'fail'],
    ['nothing', {}, 'unknown'],
  ])('processor %s', (_, answers, outcome) => {
    expect(ask('linux.system.architecture', answers).outcome).toBe(outcome)
  })

  it('needs systemd as PID 1, of some age', () => {
    const systemd = (version: number) => ({
      'init.systemdRuns': ['yes'],
      'init.systemdVersion': [`systemd ${version} (x)`],
    })
    expect(ask('linux.system.systemd', systemd(252)).outcome).toBe('pass')
    expect(ask('linux.system.systemd', systemd(219)).outcome).toBe('fail')
    expect(ask('linux.system.systemd', { 'process.1.comm': ['init'] })).toMatchObject({
      outcome: 'fail',
      found: 'PID 1 is init',
    })
  })

  it('needs room, and a file system that can be written', () => {
    const free = ['/opt /dev/sda1 100 50 500000 50% /', '/var/lib tmpfs 10 1 50000 1% /var/lib']
    expect(ask('linux.resources.disk.opt', { 'disk.free': free }).outcome).toBe('pass')
    expect(ask('linux.resources.disk.var-lib', { 'disk.free': free }).outcome).toBe('fail')
    expect(ask('linux.resources.disk.opt', { 'disk.free': free, 'disk.readOnly': ['/opt'] })).toMatchObject({
      outcome: 'fail',
      found: '/ is read-only',
    })
  })

  it('warns of confidentiality lockdown alone', () => {
    const lockdown = (value: string) =>
      ask('linux.kernel.lockdown', { 'security.lockdown': [value], 'security.secureBoot': ['1'] })
    expect(lockdown('none [integrity] confidentiality')).toMatchObject({
      outcome: 'pass',
      found: 'lockdown integrity, Secure Boot on',
    })
    expect(lockdown('none integrity [confidentiality]').outcome).toBe('fail')
  })
})

describe('firewalls and agents', () => {
  it('are found by service, by process and by rules, with the command that stops them', () => {
    expect(ask('linux.firewall.firewalld', { 'service.state': ['firewalld active enabled'] })).toMatchObject({
      outcome: 'fail',
      fix: { command: 'systemctl disable --now firewalld' },
    })
    expect(ask('linux.firewall.firewalld', { 'service.process': ['712 firewalld'] }).outcome).toBe('fail')
    expect(ask('linux.firewall.iptables', { 'service.state': ['ip6tables inactive enabled'] }).outcome).toBe(
      'fail',
    )
    expect(
      ask('linux.firewall.foreign-rules', {
        'netfilter.nftListed': ['yes'],
        'netfilter.nftTable': ['inet filter', 'inet prisma_enforcer'],
      }),
    ).toMatchObject({
      outcome: 'fail',
      found: 'table inet filter',
    })
    expect(
      ask('linux.firewall.foreign-rules', {
        'netfilter.nftListed': ['yes'],
        'netfilter.nftTable': ['inet prisma_enforcer'],
      }).outcome,
    ).toBe('pass')
    expect(
      ask('linux.firewall.foreign-rules', {
        'netfilter.nftIdle': ['yes'],
        'netfilter.legacyRules': ['ip filter 7'],
      }),
    ).toMatchObject({ outcome: 'fail' })
  })

  it('ufw counts when it is switched on, not when its package is there', () => {
    expect(
      ask('linux.firewall.ufw', { 'service.state': ['ufw active enabled'], 'service.ufw': ['ENABLED=no'] })
        .outcome,
    ).toBe('pass')
    expect(ask('linux.firewall.ufw', { 'service.ufw': ['ENABLED=yes'] }).outcome).toBe('fail')
    expect(
      ask('linux.firewall.ufw', { unknown: ['service.ufw cannot read /etc/ufw/ufw.conf'] }).outcome,
    ).toBe('unknown')
  })

  it.each([
    ['cortex-xdr', { 'service.process': ['9 pmd'] }],
    ['defender', { 'service.path': ['/var/lib/twistlock'] }],
    ['cn-series', { 'service.path': ['/opt/cni/bin/pan-cni'] }],
    ['network-policies', { 'service.process': ['9 calico-node'] }],
    ['other-segmentation', { 'service.state': ['illumio-ven active enabled'] }],
    ['kubenet', { 'service.process': ['9 kubelet'], 'service.kubelet': ['--network-plugin=kubenet'] }],
  ])('sees %s', (id, answers: Answers) => {
    expect(ask(`linux.agent.${id}`, answers).outcome).toBe('fail')
    expect(ask(`linux.agent.${id}`, {}).outcome).toBe('pass')
  })
})

describe('clocks', () => {
  const facts = (clock: Partial<HostFacts['clock']>): HostFacts => {
    const base = factsFrom({})
    return { ...base, clock: { ...base.clock, sentAtMs: 100_000, receivedAtMs: 103_000, ...clock } }
  }

  it('are together as long as the way of the question may explain the difference', () => {
    const slow = facts({ hostEpochMs: 101_000, hostEpochAtEndMs: 101_000 })
    expect(judge('linux.clock.tool', slow)).toMatchObject({ outcome: 'pass', found: 'together' })
  })

  it('do not take the time the collector worked for skew', () => {
    const worked = facts({ receivedAtMs: 160_000, hostEpochMs: 140_000, hostEpochAtEndMs: 199_000 })
    const { leastMs } = skewToTool(worked)!
    expect(leastMs).toBe(140_000 - (160_000 - 58_000))
    expect(judge('linux.clock.tool', worked).outcome).toBe('fail')
  })

  it.each([
    [-300_000, 'behind'],
    [300_000, 'ahead'],
  ])('are apart by what is surely so: %i ms', (offset, word) => {
    const verdict = judge(
      'linux.clock.tool',
      facts({ hostEpochMs: 100_000 + offset, hostEpochAtEndMs: 100_000 + offset }),
    )
    expect(verdict).toMatchObject({ outcome: 'fail', fix: { command: 'timedatectl set-ntp true' } })
    expect(verdict.found).toContain(word)
  })

  it.each([
    [31_250, '31.3 s ahead of'],
    [-118_000, '2 min behind'],
    [-7_198_000, '2 h behind'],
    [9_000_000, '2.5 h ahead of'],
    [90_000_000, '25 h ahead of'],
    [-864_000_000, '10 days behind'],
  ])('are apart in words: %i ms', (apartMs, said) => {
    expect(sayApart(apartMs)).toBe(said)
  })

  it('that are off are to blame for a certificate that is good at the time of the server', () => {
    const at = (seconds: number, valid: string) =>
      ask('linux.network.console.trust', {
        'endpoint.console.address': ['c 443'],
        'endpoint.console.tls': ['ok openssl'],
        'endpoint.console.trust.system': ['failed 9 (certificate is not yet valid)'],
        'endpoint.console.epoch': [String(1_795_255_481 + seconds)],
        'endpoint.console.date': ['Sat, 21 Nov 2026 10:04:41 GMT'],
        'endpoint.console.certificate': [`notBefore=${valid}`, 'notAfter=Nov 30 00:00:00 2026 GMT'],
      })
    const soon = 'Nov 21 09:00:00 2026 GMT'
    expect(at(-7200, soon)).toMatchObject({
      outcome: 'fail',
      found: expect.stringMatching(/not yet valid.*because the clock of the host is 2 h behind the server's/),
      hint: expect.stringContaining('set the clock'),
      fix: { command: 'timedatectl set-ntp true' },
    })
    for (const other of [at(0, soon), at(-7200, 'Nov 22 00:00:00 2026 GMT')])
      expect(other).toMatchObject({ outcome: 'fail', found: 'c:443: 9 (certificate is not yet valid)' })
  })

  it('of host and Console are compared as the host saw them at one moment', () => {
    const at = (seconds: number) =>
      ask('linux.clock.console', {
        'endpoint.console.address': ['c 443'],
        'endpoint.console.tls': ['ok openssl'],
        'endpoint.console.epoch': [String(1_795_255_481 + seconds)],
        'endpoint.console.date': ['Sat, 21 Nov 2026 10:04:41 GMT'],
      }).outcome
    expect([at(0), at(20), at(60), at(-60)]).toEqual(['pass', 'pass', 'fail', 'fail'])
  })
})
