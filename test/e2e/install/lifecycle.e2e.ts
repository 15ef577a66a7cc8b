import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EnforcerStatusReport } from '../../../src/lib/status/enforcer-status.ts'
import type { InstallReport } from '../../../src/lib/install/linux/install-report.ts'
import type { HostStatusReport } from '../../../src/lib/install/linux/status-linux.ts'
import type { UninstallReport } from '../../../src/lib/install/linux/uninstall-linux.ts'
import type { E2eHost } from '../hosts/host.ts'
import { diffSnapshots, type HostSnapshot } from '../hosts/snapshot.ts'
import { apoctl, bundledVersion, demand, demandExit, documentOf, eventually } from '../program.ts'
import { changes, openScene, snapshots, type KnownEnforcer, type Scene } from '../scene.ts'
import { makeLaterBundle } from '../second-bundle.ts'

const ten = Array.from({ length: 10 }, (_, index) => `host${index + 1}`)
/** Never has an enforcer: what the others are compared with in the end. */
const control = 'host11'
const nobody = { enforcers: [], units: [], credentials: [] }

let scene: Scene
/** What every host was made of before anything was installed. */
let pristine: ReadonlyMap<string, HostSnapshot>
beforeAll(async () => {
  scene = await openScene({ hosts: 11 })
  pristine = await snapshots(scene.lab.hosts)
})
afterAll(() => scene.close())

const asBefore = async (...names: readonly string[]): Promise<void> => {
  for (const name of names)
    expect(diffSnapshots(pristine.get(name)!, await scene.host(name).snapshot()), name).toEqual([])
}

describe('ten hosts', () => {
  test('are planned for by --dry-run, and nothing is changed', async () => {
    const plain = demandExit(await scene.install({ hosts: ten }, '--dry-run'), 0)
    expect(plain.stdout).toContain('host[1-10] (10 hosts)')
    expect(plain.stdout).toMatch(/ 1\. .*\n( +\d+\. .*\n){8,}/)
    expect(plain.stdout).toContain('10 planned; nothing was changed')
    const json = demandExit(await scene.install({ hosts: ['host1'] }, '--dry-run', '--json'), 0)
    const report = documentOf<InstallReport>(json, 'InstallReport')
    expect(report).toMatchObject({ dryRun: true, exitCode: 0, counts: { planned: 1, installed: 0 } })
    expect(changes(pristine, await snapshots(scene.lab.hosts))).toEqual([])
    expect(await scene.known()).toEqual(nobody)
  })

  test('are installed by one command, and status shows ten Connected', async () => {
    const run = demandExit(await scene.install({ hosts: ten }, '--json'), 0)
    const report = documentOf<InstallReport>(run, 'InstallReport')
    expect(report.counts).toEqual({
      installed: 10,
      unchanged: 0,
      planned: 0,
      refused: 0,
      failed: 0,
      notAttempted: 0,
    })
    const shown = demandExit(await scene.status('--json'), 0)
    const status = documentOf<EnforcerStatusReport>(shown, 'EnforcerStatusReport')
    expect(status).toMatchObject({ connected: 10, missing: [] })
    expect(status.enforcers.map(({ name, state, unreachable }) => [name, state, unreachable])).toEqual(
      ten.map((name) => [name, 'Connected', false]),
    )
    const table = demandExit(await scene.status(), 0)
    expect(table.stdout).toContain('10 of 10 enforcers connected')
    const { enforcers, units, credentials } = await scene.known()
    expect([enforcers.length, units.length, credentials.length]).toEqual([10, 10, 10])
    await asBefore(control)
  })

  test('are looked at on the spot: one that was stopped, one that is gone from the network, one without an enforcer', async () => {
    const [stopped, unreachable] = [scene.host('host1'), scene.host('host2')]
    await stopped.mustRun('systemctl stop prisma-enforcer')
    const inventory = join(scene.folder, 'one-away.yaml')
    const nowhere = scene.lab.gateway.replace(/\d+$/, '250')
    writeFileSync(inventory, readFileSync(scene.lab.inventory, 'utf8').replace(unreachable.address, nowhere))
    const hosts = ['--inventory', inventory, '--connect-timeout', '4s']
    const run = demandExit(await scene.status(...hosts, '--json'), 5)
    const report = documentOf<HostStatusReport>(run, 'HostStatusReport')
    const states = report.hosts.map((row) => [
      row.host,
      row.outcome === 'ok' ? row.value.state : row.error.code,
    ])
    expect(Object.fromEntries(states)).toEqual({
      ...Object.fromEntries(ten.map((name) => [name, 'connected'])),
      host1: 'not-running',
      host2: expect.stringMatching(/^APO-SSH-(UNREACHABLE|TIMEOUT)$/) as unknown,
      [control]: 'not-installed',
    })
    const table = demandExit(await scene.status(...hosts), 5)
    expect(table.stdout).toMatch(/host1: prisma-enforcer\.service does not run/)
    expect(table.stdout).toContain('8 of 11 hosts have a connected enforcer')
    const wrong = demandExit(await scene.status(...hosts, 'host1'), 2)
    expect(wrong.stderr).toContain('--limit')
    await stopped.mustRun('systemctl start prisma-enforcer')
    await eventually(async () => (await scene.status(...scene.onHosts(...ten))).exitCode === 0, {
      what: 'all ten are connected',
    })
  })

  test('are left alone by a second install, which says so', async () => {
    const before = await snapshots(scene.lab.hosts)
    const known = await scene.known()
    const table = demandExit(await scene.install({ hosts: ten }), 0)
    expect(table.stdout).toContain('10 unchanged')
    const json = demandExit(await scene.install({ hosts: ten }, '--json'), 0)
    expect(documentOf<InstallReport>(json, 'InstallReport').counts).toMatchObject({ unchanged: 10 })
    expect(changes(before, await snapshots(scene.lab.hosts))).toEqual([])
    expect(idsOf(await scene.known())).toEqual(idsOf(known))
  })

  test('are as hosts that never had an enforcer once it is uninstalled', async () => {
    const planned = demandExit(await scene.uninstall({ hosts: ten }, '--dry-run'), 0)
    expect(planned.stdout).toContain('host[1-10] (10 hosts): would')
    expect((await scene.known()).enforcers).toHaveLength(10)
    const run = demandExit(await scene.uninstall({ hosts: ten }, '--json'), 0)
    const report = documentOf<UninstallReport>(run, 'UninstallReport')
    for (const result of report.hosts) {
      demand(result.outcome === 'ok' && result.value.change === 'removed', { run, that: result.host })
      expect(result).toMatchObject({
        value: { gone: expect.arrayContaining(['/opt/prisma-enforcer', '/var/lib/prisma-enforcer']) },
      })
    }
    expect(await scene.known()).toEqual(nobody)
    await asBefore(...ten)
    const untouched = anonymous(await scene.host(control).snapshot())
    for (const name of ten)
      expect(diffSnapshots(untouched, anonymous(await scene.host(name).snapshot())), name).toEqual([])
  })

  test('are left alone by a second uninstall, which says that there is nothing to do', async () => {
    const table = demandExit(await scene.uninstall({ hosts: ten }), 0)
    expect(table.stdout.match(/no enforcer here, nothing to do/g)).toHaveLength(10)
    const json = demandExit(await scene.uninstall({ hosts: ['host1'] }, '--json'), 0)
    expect(documentOf<UninstallReport>(json, 'UninstallReport').hosts).toMatchObject([
      { outcome: 'ok', value: { change: 'unchanged', steps: [] } },
    ])
    await asBefore(...ten)
  })
})

describe('one host', () => {
  test('--auth-mode cloud is refused before anything is done', async () => {
    for (const json of [[], ['--json']]) {
      const run = demandExit(await scene.install({ hosts: ['host1'] }, '--auth-mode', 'cloud', ...json), 2)
      expect(`${run.stdout}${run.stderr}`).toContain('APO-INSTALL-AUTH-MODE')
    }
    await asBefore('host1')
  })

  test('is installed with a credential made here, with tags and flags of its own', async () => {
    const flags = ['--auth-mode', 'appcred', '--tag', 'color=dark blue', '--tag', 'tier=web']
    const more = [...flags, '--raw-flags', '--log-format=json']
    const planOf = async (...words: readonly string[]) => {
      const run = demandExit(await scene.install({ hosts: ['host1'] }, ...more, '--json', ...words), 0)
      return documentOf<InstallReport>(run, 'InstallReport').plans.map(({ steps }) => steps)
    }
    const planned = await planOf('--dry-run')
    expect((await scene.known()).credentials).toEqual([])
    expect(await planOf()).toEqual(planned)
    const { enforcers, credentials } = await scene.known()
    expect(enforcers).toMatchObject([{ name: 'host1', operationalStatus: 'Connected' }])
    expect(tagsOf(enforcers[0]!)).toEqual(expect.arrayContaining(['color=dark blue', 'tier=web']))
    // One credential: the one made here, under the machine's name; the enforcer made no further one.
    expect(credentials.map(({ name }) => name)).toEqual([`enforcer ${enforcers[0]!.machineID}`])
    const configuration = await scene
      .host('host1')
      .mustRun('cat /var/lib/prisma-enforcer/prisma-enforcer.conf')
    expect(configuration).not.toContain('TOKEN')
    expect(configuration).toContain('--log-format=json')
    const log = await scene.host('host1').mustRun('journalctl -u prisma-enforcer --no-pager -o cat')
    expect(log).toMatch(/^\{.*"event socket open"/m)
    const again = demandExit(await scene.install({ hosts: ['host1'] }, ...more), 0)
    expect(again.stdout).toContain('1 unchanged')
    expect((await scene.known()).credentials).toEqual(credentials)
  })

  test('is not taken over by an install into another namespace, which changes nothing', async () => {
    const before = await scene.known()
    for (const json of [[], ['--json']]) {
      const there = ['--creds', scene.console.credential, '--namespace', '/', ...scene.onHosts('host1')]
      const run = demandExit(
        await apoctl(['enforcer', 'install', 'linux', ...there, '--confirm', ...json]),
        1,
      )
      expect(run.stdout + run.stderr).toContain('APO-INSTALL-OTHER-CONSOLE')
      expect(run.stdout + run.stderr).toContain(`namespace ${scene.namespace}`)
    }
    expect((await scene.known()).credentials).toEqual(before.credentials)
  })

  test('is upgraded by another install, which moves only the layer that changed', async () => {
    const host = scene.host('host1')
    const before = (await scene.known()).enforcers[0]!
    const [old, later] = [bundledVersion(), '0.9.0']
    const bundle = await makeLaterBundle(later)
    const more = [...['--bundle', bundle.folder, '--bundle-key', bundle.key], '--tag', 'tier=web']
    const refused = demandExit(await scene.install({ hosts: ['host1'] }, '--bundle', bundle.folder), 1)
    expect(refused.stdout + refused.stderr).toContain('APO-BUNDLE-SIGNATURE')
    const inode = 'stat -c %i /opt/prisma-enforcer/current/runtime/node'
    const runtime = await host.mustRun(inode)
    const plan = demandExit(await scene.install({ hosts: ['host1'] }, ...more, '--dry-run'), 0)
    expect(plan.stdout).toContain(`take the runtime layer from ${old}`)
    expect(plan.stdout).toContain('copy the app layer')
    expect(plan.stdout).not.toContain('copy the runtime layer')
    const run = demandExit(await scene.install({ hosts: ['host1'] }, ...more), 0)
    expect(run.stdout).toContain(later)
    // The very same file on disk: nothing was copied, not even on the host.
    expect(await host.mustRun(inode)).toBe(runtime)
    expect(await host.mustRun('readlink /opt/prisma-enforcer/current')).toBe(`${later}\n`)
    const after = (await scene.known()).enforcers
    expect(after).toMatchObject([{ ID: before.ID, operationalStatus: 'Connected', currentVersion: later }])
    const again = demandExit(await scene.install({ hosts: ['host1'] }, ...more), 0)
    expect(again.stdout).toContain('1 unchanged')
    demandExit(await scene.uninstall({ hosts: ['host1'] }), 0)
    expect(await scene.known()).toEqual(nobody)
    await asBefore('host1')
  })

  test('is installed by accounts that become root with sudo, with and without a password', async () => {
    const [free, asked] = [scene.host('host2'), scene.host('host3')]
    await free.addUser({ name: 'free', sudo: 'nopasswd' })
    await asked.addUser({ name: 'asked', sudo: 'password', password: 'e2e-sudo-pass-7' })
    const before = await snapshots([free, asked])
    const way = ['--identity', scene.lab.identity]
    const env = { ...knowing(scene), APOCTL_SUDO_PASSWORD: 'e2e-sudo-pass-7' }
    const words = (verb: string, more: readonly string[]) =>
      ['enforcer', verb, 'linux', ...scene.there, ...way, '--confirm', ...more] as const
    const hosts = ['--host', `free@${free.address}`, '--host', `asked@${asked.address}`, '--become', 'sudo']
    const run = demandExit(await apoctl(words('install', hosts), { env }), 0)
    expect(run.stdout).toContain('2 installed')
    demandExit(await apoctl(words('uninstall', hosts), { env }), 0)
    expect(changes(before, await snapshots([free, asked]))).toEqual([])
    expect(await scene.known()).toEqual(nobody)
  })

  test('is installed behind a jump host, as ssh_config says', async () => {
    const env = knowing(scene, `Host inner\n  HostName ${scene.host('host4').address}\n  ProxyJump host5\n`)
    const words = (verb: string) =>
      ['enforcer', verb, 'linux', ...scene.there, '--host', 'inner', '--confirm'] as const
    const run = demandExit(await apoctl(words('install'), { env }), 0)
    expect(run.stdout).toMatch(/inner +installed/)
    expect((await scene.known()).enforcers).toMatchObject([{ name: 'host4' }])
    const log = await scene.host('host4').mustRun('journalctl -u ssh --no-pager -o cat')
    expect(log).toContain(`from ${scene.host('host5').address} `)
    demandExit(await apoctl(words('uninstall'), { env }), 0)
    await asBefore('host4', 'host5')
  })

  test('and several behind one get the package there, which is copied once', async () => {
    const inner = ['host4', 'host6']
    const entries = inner.map((name) => `Host ${name}-in\n  HostName ${scene.host(name).address}\n`)
    const env = knowing(scene, `${entries.join('')}Host *-in\n  ProxyJump host5\n`)
    const hosts = inner.flatMap((name) => ['--host', `${name}-in`])
    const words = (verb: string) =>
      ['enforcer', verb, 'linux', ...scene.there, ...hosts, '--confirm'] as const
    const run = demandExit(await apoctl([...words('install'), '--relay', '--json'], { env }), 0)
    const { plans } = documentOf<InstallReport>(run, 'InstallReport')
    const downloads = plans.flatMap(({ steps }) =>
      steps.filter((step) => step.includes('the relay on root@')),
    )
    expect(downloads).toHaveLength(2)
    expect(run.stderr.match(/copies the \w+ layer/g)).toHaveLength(2)
    demandExit(await apoctl(words('uninstall'), { env }), 0)
    await asBefore(...inner, 'host5')
  })
})

describe('installenforcer.sh', () => {
  const path = '/root/installenforcer.sh'
  let script: string
  beforeAll(async () => {
    const folder = join(scene.folder, 'script')
    mkdirSync(folder)
    const words = ['enforcer', 'install', 'linux', ...scene.there, '--installation-mode', 'script'] as const
    const run = demandExit(await apoctl([...words, '--output-dir', folder, '--json']), 0)
    documentOf(run, 'InstallArtefactReport')
    script = join(folder, 'installenforcer.sh')
    expect(statSync(script).mode & 0o777).toBe(0o755)
    const second = demandExit(await apoctl([...words, '--output-dir', folder]), 2)
    expect(second.stderr).toContain('is there already')
  })

  const put = async (host: E2eHost, content = readFileSync(script)) => {
    const inside = `/proc/${await host.initPid()}/root${path}`
    writeFileSync(inside, content)
    chmodSync(inside, 0o755)
  }
  const run = async (host: E2eHost, before = '') =>
    host.run(`${before}\nENFORCERD_TOKEN=${await enrolmentToken()} sh ${path}`)
  const enrolmentToken = () =>
    scene.console.token({
      restrictedNamespace: scene.namespace,
      restrictedPermissions: ['@auth:role=enforcer'],
    })
  const asBeforeTheScript = async (host: E2eHost) => {
    await host.mustRun(`rm -f ${path}`)
    await asBefore(host.name)
  }

  test('installs where it is run as root, connects, and has nothing to do the second time', async () => {
    const host = scene.host('host6')
    await put(host)
    const first = await run(host)
    expect(first, first.stderr).toMatchObject({ exitCode: 0 })
    await eventually(
      async () => (await scene.known()).enforcers.some((one) => one.operationalStatus === 'Connected'),
      { what: 'the enforcer of the script connects' },
    )
    const installed = await host.snapshot()
    const second = await run(host)
    expect(second).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('nothing to do'),
    })
    expect(diffSnapshots(installed, await host.snapshot())).toEqual([])
    const adopted = demandExit(await scene.install({ hosts: ['host6'] }), 0)
    expect(adopted.stdout).toContain('1 unchanged')
    demandExit(await scene.uninstall({ hosts: ['host6'] }), 0)
    expect(await scene.known()).toEqual(nobody)
    await asBeforeTheScript(host)
  })

  test('changes nothing without a token, without root, or when it is cut short anywhere', async () => {
    const host = scene.host('host7')
    await put(host)
    expect(await host.run(`sh ${path}`)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('ENFORCERD_TOKEN'),
    })
    const noRoot = `cp ${path} /tmp/i.sh; ENFORCERD_TOKEN=x setpriv --reuid 65534 sh /tmp/i.sh; e=$?; rm /tmp/i.sh; exit $e`
    expect(await host.run(noRoot)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('root') })
    const whole = readFileSync(script)
    const text = whole.indexOf('__APOCTL_PAYLOAD__\n', whole.indexOf('\nexit 0\n'))
    for (const size of [200, Math.floor(text / 2), text - 10, text + 1000, whole.length - 1]) {
      await put(host, whole.subarray(0, size))
      const cut = await run(host)
      const installed = await host.run('[ -e /opt/prisma-enforcer ] || [ -e /var/lib/prisma-enforcer ]')
      expect(installed.exitCode, `cut to ${size}: ${cut.stderr}`).toBe(1)
      if (size > text) expect(cut).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('damaged') })
    }
    await asBeforeTheScript(host)
  })

  test('brings the host back when the service does not start', async () => {
    const host = scene.host('host8')
    const dropIn = '/etc/systemd/system/prisma-enforcer.service.d'
    await host.mustRun(
      `mkdir ${dropIn}; printf '[Service]\\nExecStartPre=/bin/false\\n' > ${dropIn}/broken.conf`,
    )
    const before = await host.snapshot()
    await put(host)
    const failed = await run(host)
    expect(failed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('bringing the host back') })
    await host.mustRun(`rm ${path}`)
    expect(diffSnapshots(before, await host.snapshot())).toEqual([])
    await host.mustRun(`rm -r ${dropIn}; systemctl daemon-reload`)
    await asBefore('host8')
    expect(await scene.known()).toEqual(nobody)
  })
})

/** An environment whose ~/.ssh/config is the lab's, so that hosts go by name and their keys are known. */
function knowing({ lab, folder }: Scene, more = ''): Record<string, string> {
  const home = join(folder, `home-${Math.random().toString(36).slice(2)}`)
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 })
  writeFileSync(join(home, '.ssh/config'), `${more}${readFileSync(lab.sshConfig, 'utf8')}`)
  copyFileSync(lab.knownHosts, join(home, '.ssh/known_hosts'))
  return { HOME: home }
}

/**
 * A snapshot without what makes one host of a lab another: its address. Name, machine-id and host keys
 * need no mention: every host was born with its own, and files that are as a host was born count as equal.
 */
function anonymous(snapshot: HostSnapshot): HostSnapshot {
  const own = /\b10\.\d+\.\d+\.(?!0\b|1\b|255\b)\d+\b/g
  const clean = (line: string) => line.replace(own, 'ADDRESS')
  const settings = Object.entries(snapshot.settings).map(([section, lines]) => [section, lines.map(clean)])
  return { files: snapshot.files, settings: Object.fromEntries(settings) }
}

function tagsOf(enforcer: KnownEnforcer): readonly string[] {
  return [...enforcer.associatedTags, ...enforcer.normalizedTags]
}

function idsOf(known: Awaited<ReturnType<Scene['known']>>): readonly string[][] {
  return Object.values(known).map((objects: readonly { ID: string }[]) => objects.map(({ ID }) => ID).sort())
}
