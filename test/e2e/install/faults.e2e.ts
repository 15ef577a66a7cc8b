import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { mkdtemp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { InstallReport } from '../../../src/lib/install/linux/install-report.ts'
import type { E2eHost } from '../hosts/host.ts'
import type { HostSnapshot } from '../hosts/snapshot.ts'
import {
  bundleManifest,
  bundledVersion,
  demand,
  demandExit,
  documentOf,
  eventually,
  start,
  story,
  type EndedRun,
  type StartedRun,
} from '../program.ts'
import { changes, openScene, snapshots, type Scene } from '../scene.ts'
import { copyBundle } from '../second-bundle.ts'

/**
 * Every fault meets two hosts at once: one run speaks to people and one speaks JSON, so that both are
 * seen to end alike.
 */
const pair = ['host1', 'host2'] as const
const nobody = { enforcers: [], units: [], credentials: [] }

let scene: Scene
let pristine: ReadonlyMap<string, HostSnapshot>
beforeAll(async () => {
  scene = await openScene({ hosts: 3, diskMiB: 900 })
  pristine = await snapshots(scene.lab.hosts)
})
afterAll(() => scene.close())

/** A fault that was left behind must be blamed on the test that left it, and on no other. */
let failed = false
afterEach(({ task }) => {
  failed = task.result?.state === 'fail'
})
beforeEach(async () => {
  if (failed) await recover()
  await expectUntouched({ runs: [] })
  expect(await scene.known()).toEqual(nobody)
})

async function recover(): Promise<void> {
  await scene.console.stop()
  await scene.console.start()
  for (const host of scene.lab.hosts) {
    await host.mendNetwork()
    await host.run(`umount /opt /etc/os-release /usr/bin/ldd /usr/bin/getconf; rm -f /var/tmp/lab-filler`)
  }
  await scene.uninstall({ hosts: [...pair, 'host3'] })
  pristine = await snapshots(scene.lab.hosts)
}

const hosts = (): E2eHost[] => pair.map((name) => scene.host(name))

interface Expected {
  readonly exitCode: number
  /** What both must say: the code, and whatever else a person needs. */
  readonly says: readonly (string | RegExp)[]
  /** What the hosts were made of when the runs began, if not as at the beginning. */
  readonly before?: ReadonlyMap<string, HostSnapshot>
}

interface Asked {
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Flags that say which host, instead of the lab's inventory. */
  readonly target?: (host: E2eHost) => readonly string[]
}

/** Starts the two installations. */
function startPair({ flags = [], env = {}, target }: Asked = {}): StartedRun[] {
  return hosts().map((host, index) => {
    const form = index === 0 ? [] : ['--json']
    const where = target?.(host) ?? scene.onHosts(host.name)
    const words = ['enforcer', 'install', 'linux', ...scene.there, ...where, '--confirm', '--verbose']
    return start([...words, ...flags, ...form], { env })
  })
}

/** Both ended as they should, said what they should, and left the hosts and the Console as they were. */
async function expectFailure(runs: readonly EndedRun[], expected: Expected): Promise<void> {
  for (const run of runs) {
    demandExit(run, expected.exitCode)
    for (const words of expected.says) {
      const said = run.stdout + run.stderr
      const holds = typeof words === 'string' ? said.includes(words) : words.test(said)
      demand(holds, { run, that: `it says ${String(words)}` })
    }
  }
  for (const run of runs.filter(({ argv, stdout }) => argv.includes('--json') && stdout !== ''))
    expect(documentOf<InstallReport>(run, 'InstallReport').exitCode).toBe(expected.exitCode)
  await expectUntouched({ runs, before: expected.before })
  expect(await scene.known(), runs.map(story).join('\n')).toEqual(nobody)
}

async function expectUntouched(about: {
  readonly runs: readonly EndedRun[]
  readonly before?: ReadonlyMap<string, HostSnapshot> | undefined
}): Promise<void> {
  const was = new Map([...(about.before ?? pristine)].filter(([name]) => name !== 'host3'))
  expect(changes(was, await snapshots(hosts())), about.runs.map(story).join('\n')).toEqual([])
}

const endOf = (runs: readonly StartedRun[]): Promise<EndedRun[]> =>
  Promise.all(runs.map(({ ended }) => ended))

/** Waits until each host has some of the runtime layer, but not all of it. */
async function untilCopying(runs: readonly StartedRun[]): Promise<void> {
  const layer = bundleManifest().layers.find(({ name }) => name === 'runtime')!
  await Promise.all(
    hosts().map(async (host, index) => {
      const folder = `/proc/${await host.initPid()}/root/opt/prisma-enforcer/${bundledVersion()}.partial`
      const file = join(folder, `runtime-${layer.sha256}.tar.gz`)
      await eventually(() => existsSync(file), {
        what: `the runtime layer (${layer.sizeBytes} bytes) is on its way:\n${runs[index]!.said()}`,
        everyMs: 5,
      })
    }),
  )
}

/** Waits until both have started the service: what is left is to wait for the Console. */
async function untilWaiting(runs: readonly StartedRun[]): Promise<void> {
  const isWaiting = (run: StartedRun) =>
    run.said().includes('enable and start prisma-enforcer.service: ok') || run.child.exitCode !== null
  await eventually(() => runs.every(isWaiting), {
    what: 'both wait for the Console',
    forMs: 60_000,
    everyMs: 20,
  })
}

/** Keeps an enforcer from the Console: nobody listens there. */
const deaf = () => ['--raw-flags', `--api=https://${scene.lab.gateway}:9`]

const whenToStop = {
  'the runtime layer is being copied': untilCopying,
  'it waits for the Console': untilWaiting,
}

describe.each(Object.keys(whenToStop) as (keyof typeof whenToStop)[])('told to stop while %s', (moment) => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s, it ends with %i and brings the hosts back', async (signal, exitCode) => {
    const runs = startPair({ flags: deaf() })
    await whenToStop[moment](runs)
    for (const { child } of runs) child.kill(signal)
    await expectFailure(await endOf(runs), { exitCode, says: [] })
  })
})

test('out of time, by --timeout or for one host, it ends with 4 and brings the hosts back', async () => {
  const whole = startPair({ flags: [...deaf(), '--timeout', '8s'] })
  await expectFailure(await endOf(whole), { exitCode: 4, says: [/time/i] })
  const one = startPair({ flags: [...deaf(), '--host-timeout', '8s'] })
  await expectFailure(await endOf(one), { exitCode: 4, says: ['APO-HOST-TIMEOUT'] })
})

describe.each(Object.keys(whenToStop) as (keyof typeof whenToStop)[])('killed while %s', (moment) => {
  test('it can be run again, which finishes the work, or be undone by uninstall', async () => {
    const runs = startPair(moment === 'it waits for the Console' ? { flags: deaf() } : {})
    await whenToStop[moment](runs)
    for (const { child } of runs) child.kill('SIGKILL')
    await endOf(runs)
    const again = demandExit(await scene.install({ hosts: ['host1'] }), 0)
    demand(/host1 +installed/.test(again.stdout), { run: again, that: 'the second run installs' })
    demandExit(await scene.uninstall({ hosts: pair }), 0)
    await expectUntouched({ runs: [again] })
  })
})

describe('a connection', () => {
  test('that is killed while the runtime layer is copied costs the run, and the host is brought back', async () => {
    const runs = startPair()
    await untilCopying(runs)
    for (const host of hosts()) await host.mustRun(killSessions)
    await expectFailure(await endOf(runs), { exitCode: 4, says: ['APO-SSH-LOST', 'is as it was before'] })
  })

  test('that is killed while it waits for the Console is made anew to bring the host back', async () => {
    const runs = startPair({ flags: [...deaf(), '--connected-within', '4s'] })
    await untilWaiting(runs)
    for (const host of hosts()) await host.mustRun(killSessions)
    const says = ['APO-INSTALL-NOT-CONNECTED', 'is as it was before']
    await expectFailure(await endOf(runs), { exitCode: 4, says })
  })

  test('that is cut for good leaves the host half changed, says so, and a re-run goes on', async () => {
    const impatient = 'Host *\n  ServerAliveInterval 2\n  ServerAliveCountMax 2\n  ConnectTimeout 3\n'
    const runs = startPair({ env: await homeWith({ config: impatient }) })
    await untilCopying(runs)
    for (const host of hosts()) await host.cutNetwork()
    const ended = await endOf(runs)
    for (const run of ended) {
      demandExit(run, 4)
      demand(run.stdout.includes('half changed'), { run, that: 'it says in which state the host is' })
    }
    for (const host of hosts()) await host.mendNetwork()
    const again = demandExit(await scene.install({ hosts: pair }), 0)
    demand(again.stdout.includes('2 installed'), { run: again, that: 'both are installed' })
    demandExit(await scene.uninstall({ hosts: pair }), 0)
  })
})

describe('a disk', () => {
  const small = ['linux.resources.disk.opt', 'linux.resources.disk.var-lib']
  const skip = small.flatMap((id) => ['--skip', id])

  test('that is too small is refused by preflight', async () => {
    for (const host of hosts()) await host.fillDisk(100 * 1024)
    await expectFailure(await endOf(startPair()), { exitCode: 1, says: [small[0]!, 'install: failed'] })
    for (const host of hosts()) await host.freeDisk()
  })

  test('that fills up in the middle is told from other failures, and the host is brought back', async () => {
    for (const host of hosts()) await host.fillDisk(60 * 1024)
    const says = ['APO-HOST-DISK', 'MiB free', 'is as it was before']
    await expectFailure(await endOf(startPair({ flags: skip })), { exitCode: 1, says })
    for (const host of hosts()) await host.freeDisk()
  })

  test('that is read-only is refused by preflight, and told apart should it come to that', async () => {
    const readOnly = 'mount --bind /opt /opt && mount -o remount,bind,ro /opt'
    for (const host of hosts()) await host.mustRun(readOnly)
    await expectFailure(await endOf(startPair()), { exitCode: 1, says: ['linux.resources.disk.opt'] })
    const says = ['APO-HOST-DISK', 'cannot be written to']
    await expectFailure(await endOf(startPair({ flags: skip })), { exitCode: 1, says })
    for (const host of hosts()) await host.mustRun('umount /opt')
  })
})

describe('a Console', () => {
  test('that is down from the start is refused before any host is changed', async () => {
    await scene.console.stop()
    const ended = await endOf(startPair())
    await scene.console.start()
    await expectFailure(ended, { exitCode: 1, says: ['linux.network.console.connect'] })
  })

  test('that goes down before the wait makes the installation fail, and the hosts are brought back', async () => {
    const runs = startPair({ flags: ['--connected-within', '4s'] })
    await untilCopying(runs)
    await scene.console.stop()
    const ended = await endOf(runs)
    await scene.console.start()
    await expectFailure(ended, { exitCode: 4, says: ['is as it was before'] })
  })

  test('that is restarted meanwhile does no harm', async () => {
    const runs = startPair()
    await untilCopying(runs)
    await scene.console.kill()
    await scene.console.start()
    for (const run of await endOf(runs)) demandExit(run, 0)
    demandExit(await scene.uninstall({ hosts: pair }), 0)
  })
})

describe('a token', () => {
  test('that is none is refused with 3', async () => {
    const env = { APOCTL_TOKEN: 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJub2JvZHkifQ.' }
    const ended = await endOf(startPair({ env, flags: trusting() }))
    await expectFailure(ended, { exitCode: 3, says: ['APO-API-AUTH'] })
  })

  test('that has expired is refused with 3', async () => {
    const env = { APOCTL_TOKEN: await scene.console.token({ validity: '1s' }) }
    await new Promise((resolve) => setTimeout(resolve, 2100))
    const ended = await endOf(startPair({ env, flags: trusting() }))
    await expectFailure(ended, { exitCode: 3, says: ['APO-API-AUTH'] })
  })

  test('that may look but not register makes the installation fail, and the hosts are brought back', async () => {
    const restricted = { restrictedNamespace: scene.namespace, restrictedPermissions: ['enforcer,get'] }
    const env = { APOCTL_TOKEN: await scene.console.token(restricted) }
    const ended = await endOf(startPair({ env, flags: [...trusting(), '--connected-within', '5s'] }))
    await expectFailure(ended, { exitCode: 4, says: ['APO-INSTALL-NOT-CONNECTED', 'is as it was before'] })
  })

  /** With a token nothing carries the authority of the Console along. */
  const trusting = () => ['--api', scene.console.url, '--api-cacert', scene.console.authority]
})

describe('a host key', () => {
  const direct = (host: E2eHost) => ['--host', `root@${host.address}`, '--identity', scene.lab.identity]

  test('that is not known is refused, and nothing is remembered', async () => {
    const env = await homeWith({ known_hosts: '' })
    const ended = await endOf(startPair({ env, target: direct }))
    await expectFailure(ended, { exitCode: 4, says: ['APO-SSH-HOSTKEY-UNKNOWN', 'SHA256:'] })
    expect(readFileSync(join(env.HOME, '.ssh/known_hosts'), 'utf8')).toBe('')
  })

  test('that changed is refused with both fingerprints, even with --accept-new-host-keys', async () => {
    const known = readFileSync(scene.lab.knownHosts, 'utf8')
    const ofAnother = /ssh-ed25519 \S+/.exec(readFileSync(`${scene.lab.identity}.pub`, 'utf8'))![0]
    const env = await homeWith({ known_hosts: known.replaceAll(/ssh-\S+ \S+/g, ofAnother) })
    const ended = await endOf(startPair({ env, target: direct, flags: ['--accept-new-host-keys'] }))
    const says = ['APO-SSH-HOSTKEY-CHANGED', /SHA256:[\s\S]*SHA256:/]
    await expectFailure(ended, { exitCode: 4, says })
  })
})

describe('an account', () => {
  const accounts = [
    { name: 'powerless', sudo: 'none' },
    { name: 'free', sudo: 'nopasswd' },
    { name: 'asked', sudo: 'password', password: 'right one' },
  ] as const
  let env: Readonly<Record<string, string>>
  beforeAll(async () => {
    for (const host of hosts()) for (const account of accounts) await host.addUser(account)
    pristine = await snapshots(scene.lab.hosts)
    env = await homeWith({ known_hosts: readFileSync(scene.lab.knownHosts, 'utf8') })
  })
  const as = (user: string) => (host: E2eHost) => [
    ...['--host', `${user}@${host.address}`, '--identity', scene.lab.identity],
  ]

  test.each([
    ['that is not root and has no sudo', 'powerless', {}, []],
    ['that is not root and is told to stay so', 'free', {}, ['--become', 'none']],
    ['whose sudo wants a password that nobody gives', 'asked', {}, []],
    ['whose sudo gets the wrong password', 'asked', { APOCTL_SUDO_PASSWORD: 'wrong' }, []],
  ] as const)('%s is refused with 3', async (_, user, more, flags) => {
    const ended = await endOf(startPair({ env: { ...more, ...env }, flags, target: as(user) }))
    await expectFailure(ended, { exitCode: 3, says: ['APO-HOST-PRIVILEGE'] })
  })

  test('whose sudo is broken is refused with 3', async () => {
    for (const host of hosts()) await host.breakSudo('broken')
    const before = await snapshots(hosts())
    const ended = await endOf(startPair({ env, target: as('admin') }))
    await expectFailure(ended, { exitCode: 3, says: ['APO-HOST-PRIVILEGE'], before })
    for (const host of hosts()) await host.mendSudo()
  })
})

test('a distribution that cannot run the enforcer is refused by preflight', async () => {
  for (const host of hosts()) {
    await host.pretend('/etc/os-release', 'ID=centos\nVERSION_ID="7"\nPRETTY_NAME="CentOS Linux 7"\n')
    await host.pretend('/usr/bin/ldd', "#!/bin/sh\necho 'ldd (GNU libc) 2.17'\n")
    await host.pretend('/usr/bin/getconf', "#!/bin/sh\necho 'glibc 2.17'\n")
    await host.mustRun('chmod 755 /usr/bin/ldd /usr/bin/getconf')
  }
  const before = await snapshots(hosts())
  await expectFailure(await endOf(startPair()), { exitCode: 1, says: ['linux.system.glibc'], before })
  for (const host of hosts())
    await host.mustRun('umount /etc/os-release /usr/bin/ldd /usr/bin/getconf; rm -r /run/lab-pretend')
})

test('one unreachable host of three costs that host alone, and the run ends with 5', async () => {
  await scene.host('host3').cutNetwork()
  const three = { hosts: [...pair, 'host3'] }
  const plain = demandExit(await scene.install(three, '--connect-timeout', '3s'), 5)
  demand(/2 installed, 1 failed/.test(plain.stdout), { run: plain, that: 'two were installed' })
  demand(plain.stdout.includes('APO-SSH-'), { run: plain, that: 'it says why the third was not' })
  const json = demandExit(await scene.install(three, '--connect-timeout', '3s', '--json'), 5)
  const report = documentOf<InstallReport>(json, 'InstallReport')
  expect(report).toMatchObject({ exitCode: 5, counts: { unchanged: 2, failed: 1 } })
  expect(report.hosts.at(-1)).toMatchObject({ host: 'host3', outcome: 'failed', error: { exitCode: 4 } })
  await scene.host('host3').mendNetwork()
  demandExit(await scene.uninstall(three), 0)
})

describe('a bundle', () => {
  const runtimeIn = (folder: string) =>
    join(folder, bundleManifest().layers.find(({ name }) => name === 'runtime')!.file)

  test.each([
    [
      'a byte of a layer changed',
      'APO-BUNDLE-LAYER',
      (folder: string) => {
        const bytes = readFileSync(runtimeIn(folder))
        bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000)
        writeFileSync(runtimeIn(folder), bytes)
      },
    ],
    [
      'a layer is cut short',
      'APO-BUNDLE-LAYER',
      (folder: string) => truncateSync(runtimeIn(folder), 1_000_000),
    ],
    [
      'its manifest was edited',
      'APO-BUNDLE-SIGNATURE',
      (folder: string) => {
        const manifest = join(folder, 'manifest.json')
        writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"0644"/, '"4755"'))
      },
    ],
  ] as const)('of which %s is refused, and no host is touched', async (what, code, spoil) => {
    const folder = copyBundle(`spoilt ${what}`, spoil)
    await expectFailure(await endOf(startPair({ flags: ['--bundle', folder] })), {
      exitCode: 1,
      says: [code],
    })
  })
})

test('a service that does not start is seen, and the host is brought back', async () => {
  const dropIn = '/etc/systemd/system/prisma-enforcer.service.d'
  for (const host of hosts())
    await host.mustRun(`mkdir ${dropIn}; printf '[Service]\\nExecStartPre=/bin/false\\n' > ${dropIn}/x.conf`)
  const before = await snapshots(hosts())
  const ended = await endOf(startPair())
  await expectFailure(ended, { exitCode: 1, says: ['APO-HOST-COMMAND', 'is as it was before'], before })
  for (const host of hosts()) await host.mustRun(`rm -r ${dropIn}; systemctl daemon-reload`)
})

/** Ends what sshd started for logins, not sshd itself. */
const killSessions = `pkill -KILL -f '^sshd: root' || pkill -KILL -f 'sshd-session: root'`

/** A home with these files in ~/.ssh. */
async function homeWith(files: Readonly<Record<string, string>>): Promise<{ HOME: string }> {
  const home = await mkdtemp(join(scene.folder, 'home-'))
  await mkdir(join(home, '.ssh'), { mode: 0o700 })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, '.ssh', name), text)
  return { HOME: home }
}
