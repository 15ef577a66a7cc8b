import { describe, expect, it } from 'vitest'
import { kernelModuleChecks } from '../../../../src/lib/preflight/checks/kernel-modules.ts'
import { stateOfModule } from '../../../../src/lib/preflight/checks/module-state.ts'
import type { Verdict } from '../../../../src/lib/preflight/checks/check.ts'
import type { HostFacts } from '../../../../src/lib/preflight/facts/host-facts.ts'
import { guide202111, inEveryRevision } from '../../../../src/lib/preflight/requirements/guide.ts'
import { factsOf } from '../collected.ts'

const names = Object.keys(inEveryRevision.kernelModules)

function verdicts(facts: HostFacts): Record<string, Verdict> {
  const checks = kernelModuleChecks({
    linux: guide202111.linux,
    console: false,
    packageHost: false,
    givenAuthority: false,
  })
  return Object.fromEntries(
    checks.map((check) => [check.id.replace('linux.kernel.module.', ''), check.evaluate(facts)]),
  )
}

/** What reading the trees by hand says of the 24 modules of the guide. */
const trees = [
  ['tree-debian-bullseye', { nf_conntrack_ipv6: 'nf_conntrack', nf_nat_redirect: 'nf_nat' }],
  [
    'tree-debian-bookworm',
    {
      nf_conntrack_ipv6: 'nf_conntrack',
      nf_nat_redirect: 'nf_nat',
      nf_log_ipv4: 'nf_log_syslog',
      nf_log_common: 'nf_log_syslog',
    },
  ],
  [
    'tree-debian-trixie',
    {
      nf_conntrack_ipv6: 'nf_conntrack',
      nf_nat_redirect: 'nf_nat',
      nf_log_ipv4: 'nf_log_syslog',
      nf_log_common: 'nf_log_syslog',
    },
  ],
  [
    'tree-debian-sid',
    {
      nf_conntrack_ipv6: 'nf_conntrack',
      nf_nat_redirect: 'nf_nat',
      nf_log_ipv4: 'nf_log_syslog',
      nf_log_common: 'nf_log_syslog',
    },
  ],
] as const satisfies readonly (readonly [string, Readonly<Record<string, string>>])[]

describe.each(trees)('the modules of %s', (tree, standIns: Readonly<Record<string, string>>) => {
  const judged = verdicts(factsOf(tree))

  it.each(names)('finds %s', (name) => {
    expect(judged[name]).toMatchObject({ outcome: 'pass' })
    expect(judged[name]?.satisfiedBy).toBe(standIns[name])
    if (standIns[name] === undefined) expect(judged[name]?.found).toBe('loadable')
  })
})

describe('a kernel that cannot load modules', () => {
  const facts = factsOf('no-modules-6.18')
  const judged = verdicts(facts)

  it('has what its configuration builds in', () => {
    expect(judged['xt_set']).toMatchObject({
      outcome: 'pass',
      found: 'built in',
      evidence: {
        command: 'zcat /proc/config.gz | grep CONFIG_NETFILTER_XT_SET',
        output: 'CONFIG_NETFILTER_XT_SET=y',
      },
    })
  })

  it('has under another name what went into another module, whatever its old options say', () => {
    expect(judged['nf_nat_redirect']?.satisfiedBy).toBe('nf_nat')
    expect(judged['nf_log_ipv4']?.satisfiedBy).toBe('nf_log_syslog')
    expect(judged['nf_log_common']?.satisfiedBy).toBe('nf_log_syslog')
  })

  it('lacks what its configuration leaves out, and no command can bring it', () => {
    expect(judged['cls_cgroup']).toMatchObject({
      outcome: 'fail',
      found: 'absent: this kernel was built without it, and cannot load modules',
    })
    expect(judged['cls_cgroup']?.fix).toBeUndefined()
  })
})

describe('stateOfModule', () => {
  const state = (name: string, replaced: Record<string, readonly string[]>, tree = 'tree-debian-bookworm') =>
    stateOfModule(name, factsOf(tree, replaced)).state

  it('tells loaded, built in, loadable, absent and blocked apart', () => {
    const loaded = { 'kernel.loaded': ['xt_set nf_tables'] }
    expect(state('xt_set', loaded)).toBe('loaded')
    expect(state('xt_bpf', loaded)).toBe('loadable')
    expect(state('ext4', loaded, 'tree-debian-bullseye')).toBe('built in')
    expect(state('xt_nonsense', loaded)).toBe('absent')
    expect(state('xt_set', { 'kernel.modulesDisabled': ['1'] })).toBe('blocked')
    expect(state('xt_set', { 'kernel.modprobeRule': ['install xt_set /bin/false'] })).toBe('blocked')
    expect(
      state('xt_set', { 'kernel.modprobeRule': ['install xt_other /bin/false', 'blacklist xt_set'] }),
    ).toBe('loadable')
  })

  it('says that it could not tell, when neither lists nor configuration could be read', () => {
    const facts = { ...factsOf('no-modules-6.18') }
    const kernel = { ...facts.kernel, config: null, hasProcModules: true }
    const answer = stateOfModule('xt_set', { kernel, netfilter: { ...facts.netfilter, matches: null } })
    expect(answer).toMatchObject({
      state: 'unknown',
      because: expect.stringContaining('no /lib/modules') as string,
    })
  })

  it('believes the packet filter when nothing else can be read', () => {
    const facts = factsOf('no-modules-6.18')
    const kernel = { ...facts.kernel, config: null }
    expect(stateOfModule('xt_set', { ...facts, kernel }).state).toBe('loaded')
    expect(stateOfModule('xt_HMARK', { ...facts, kernel }).state).toBe('loaded')
  })

  it('does not take a missing configuration for missing modules', () => {
    const facts = factsOf('tree-debian-bookworm')
    const kernel = { ...facts.kernel, config: null }
    for (const name of ['xt_set', 'ip_set_hash_netport', 'ts_bm'])
      expect(stateOfModule(name, { ...facts, kernel }).state).toBe('loadable')
  })

  it('does not take the option of ip_tables for the legacy one on kernels that have both', () => {
    const facts = factsOf('no-modules-6.18')
    const config = {
      ...facts.kernel.config!,
      builtIn: facts.kernel.config!.builtIn.filter((one) => one !== 'IP_NF_IPTABLES_LEGACY'),
    }
    const seen = { ...facts, kernel: { ...facts.kernel, config } }
    expect(stateOfModule('ip_tables', seen).state).toBe('absent')
    const older = { ...seen, kernel: { ...seen.kernel, release: '5.15.0-1-custom' } }
    expect(stateOfModule('ip_tables', older).state).toBe('built in')
  })
})

describe('what stands in for a module', () => {
  it('is refused when the configuration says that the option inside it is off', () => {
    const facts = factsOf('tree-debian-bookworm')
    const config = {
      ...facts.kernel.config!,
      builtIn: facts.kernel.config!.builtIn.filter((one) => one !== 'NF_NAT_REDIRECT'),
    }
    expect(verdicts({ ...facts, kernel: { ...facts.kernel, config } })['nf_nat_redirect']).toMatchObject({
      outcome: 'fail',
    })
  })

  it('lets xt_conntrack answer for xt_state', () => {
    const facts = factsOf('tree-debian-bookworm')
    const loadable = facts.kernel.loadable!.filter((name) => name !== 'xt_state')
    expect(verdicts({ ...facts, kernel: { ...facts.kernel, loadable } })['xt_state']).toMatchObject({
      outcome: 'pass',
      satisfiedBy: 'xt_conntrack',
    })
  })

  it('follows the aliases of the kernel itself', () => {
    const facts = factsOf('tree-debian-bookworm')
    const [check] = kernelModuleChecks({
      linux: { kernelModules: { nf_log_arp: 'ARP log' } },
      console: false,
      packageHost: false,
      givenAuthority: false,
    })
    expect(check!.evaluate(facts)).toMatchObject({ outcome: 'pass', satisfiedBy: 'nf_log_syslog' })
  })
})

describe('the command that brings a module', () => {
  const without = (os: readonly string[], installer: string): Verdict | undefined => {
    const facts = factsOf('tree-debian-bookworm', { 'os.release': os, 'package.installer': [installer] })
    const loadable = facts.kernel.loadable!.filter((name) => name !== 'xt_set')
    return verdicts({ ...facts, kernel: { ...facts.kernel, release: '4.18.0-240.el8.x86_64', loadable } })[
      'xt_set'
    ]
  }

  it.each([
    [
      ['ID="rhel"', 'ID_LIKE="fedora"', 'VERSION_ID="8.3"'],
      'dnf',
      'dnf install -y kernel-modules-extra-4.18.0-240.el8.x86_64',
    ],
    [
      ['ID="centos"', 'ID_LIKE="rhel fedora"', 'VERSION_ID="7"'],
      'yum',
      'yum install -y kernel-modules-extra-4.18.0-240.el8.x86_64',
    ],
    [
      ['ID=ubuntu', 'ID_LIKE=debian'],
      'apt-get',
      'apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y linux-modules-extra-4.18.0-240.el8.x86_64',
    ],
    [['ID="sles"', 'ID_LIKE="suse"'], 'zypper', 'zypper --non-interactive install kernel-default && reboot'],
  ])('suits %s', (os, installer, command) => {
    expect(without(os, installer)).toMatchObject({ outcome: 'fail', fix: { command } })
  })
})

describe('ip_tables in memory (APO-146)', () => {
  const judge = (replaced: Record<string, readonly string[]>): Verdict | undefined =>
    verdicts(factsOf('tree-debian-bookworm', replaced))['linux.kernel.legacy-tables']
  const rhel8 = ['ID="rhel"', 'ID_LIKE="fedora"', 'VERSION_ID="8.3"']

  it('loads and persists them on RHEL 8', () => {
    const verdict = judge({ 'os.release': rhel8, 'kernel.loaded': ['nf_tables'] })
    expect(verdict).toMatchObject({ outcome: 'fail', fix: { automatic: true } })
    expect(verdict?.fix?.command).toMatch(
      /^modprobe ip_tables && modprobe iptable_nat && .*\/etc\/modules-load\.d\/apoctl\.conf/,
    )
  })

  it('is content on RHEL 8 when they are loaded, and elsewhere when they can be', () => {
    expect(judge({ 'os.release': rhel8, 'kernel.loaded': ['ip_tables iptable_nat'] })?.outcome).toBe('pass')
    expect(judge({ 'os.release': ['ID=debian'], 'kernel.loaded': ['nf_tables'] })?.outcome).toBe('pass')
  })
})
