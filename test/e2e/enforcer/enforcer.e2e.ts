import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EnforcerStatusReport } from '../../../src/lib/status/enforcer-status.ts'
import type { HostSnapshot } from '../hosts/snapshot.ts'
import { demand, demandExit, documentOf, eventually } from '../program.ts'
import { changes, openScene, snapshots, type KnownEnforcer, type Scene } from '../scene.ts'

const names = ['host1', 'host2', 'host3'] as const
const nobody = { enforcers: [], units: [], credentials: [] }
/** Heartbeats every ten seconds and not every thirty: what is waited for is mostly the next one. */
const lively = ['--raw-flags', '--poke-interval=10s'] as const
/** What the enforcer promises: back within half a minute of the Console; a loaded machine gets a little more. */
const backWithinMs = 40_000

let scene: Scene
let pristine: ReadonlyMap<string, HostSnapshot>
/** What the Console knew right after the installation: it must never know more, or others. */
let installed: ReturnType<typeof identities>
beforeAll(async () => {
  scene = await openScene({ hosts: names.length })
  pristine = await snapshots(scene.lab.hosts)
  demandExit(await scene.install({ hosts: names }, ...lively), 0)
  installed = identities(await scene.known())
  expect(installed.enforcers).toHaveLength(3)
})
afterAll(() => scene.close())

function identities(known: Awaited<ReturnType<Scene['known']>>) {
  const ids = (objects: readonly { readonly ID: string }[]) => objects.map(({ ID }) => ID).sort()
  return { enforcers: ids(known.enforcers), units: ids(known.units), credentials: ids(known.credentials) }
}

const enforcerOf = async (name: string): Promise<KnownEnforcer> => {
  const found = (await scene.known()).enforcers.filter((one) => one.name === name)
  expect(found.map(({ ID }) => ID)).toHaveLength(1)
  return found[0]!
}

/** Waits until the Console has heard from these hosts later than now; gives how long that took. */
async function untilHeardAgain(...hosts: readonly string[]): Promise<number> {
  const startedMs = performance.now()
  // The Console's own clock is this machine's.
  const sinceMs = Date.now()
  await eventually(
    async () => {
      const { enforcers } = await scene.known()
      const heard = enforcers.filter(
        ({ name, operationalStatus, lastSyncTime }) =>
          hosts.includes(name) && operationalStatus === 'Connected' && Date.parse(lastSyncTime) > sinceMs,
      )
      return heard.length === hosts.length
    },
    { what: `${hosts.join(', ')} are heard again`, forMs: backWithinMs, everyMs: 250 },
  )
  return performance.now() - startedMs
}

const mainPid = async (name: string): Promise<string> =>
  (await scene.host(name).mustRun('systemctl show -p MainPID --value prisma-enforcer')).trim()
const restarts = async (name: string): Promise<number> =>
  Number(await scene.host(name).mustRun('systemctl show -p NRestarts --value prisma-enforcer'))

async function expectSameObjects(): Promise<void> {
  expect(identities(await scene.known())).toEqual(installed)
}

test('a Console that is stopped and started again has its enforcers back', async () => {
  const pids = await Promise.all(names.map(mainPid))
  await scene.console.stop()
  await new Promise((resolve) => setTimeout(resolve, 3000))
  await scene.console.start()
  await untilHeardAgain(...names)
  await expectSameObjects()
  expect(await Promise.all(names.map(mainPid)), 'nobody had to be restarted').toEqual(pids)
})

test('a Console that is killed has them back, too', async () => {
  await scene.console.kill()
  await scene.console.start()
  await untilHeardAgain(...names)
  await expectSameObjects()
})

test('an enforcer that is killed is started again by systemd, as the same enforcer', async () => {
  const before = await mainPid('host1')
  await scene.host('host1').mustRun('systemctl kill --signal=KILL prisma-enforcer')
  await untilHeardAgain('host1')
  expect(await mainPid('host1')).not.toBe(before)
  expect(await restarts('host1')).toBe(1)
  await expectSameObjects()
})

test('a network that is cut for a minute is survived, and so is an enforcer that hangs meanwhile', async () => {
  const [cut, hung, fine] = names
  const running = await Promise.all([mainPid(cut), restarts(cut)])
  const log = 'journalctl -u prisma-enforcer --no-pager -o cat'
  // The network of one goes; the process of another is frozen, which only the watchdog can see.
  await scene.host(cut).cutNetwork()
  await scene.host(hung).mustRun(`kill -STOP ${await mainPid(hung)}`)
  const { lastSyncTime } = await enforcerOf(cut)
  await new Promise((resolve) => setTimeout(resolve, 60_000))
  expect((await enforcerOf(cut)).lastSyncTime, 'the cut was one').toBe(lastSyncTime)
  await scene.host(cut).mendNetwork()
  const tookMs = await untilHeardAgain(cut, fine)
  expect(tookMs).toBeLessThan(backWithinMs)
  expect(await Promise.all([mainPid(cut), restarts(cut)]), 'the same process').toEqual(running)
  expect(await scene.host(cut).mustRun(log)).toContain('at last')
  // One minute until the watchdog barks, and then the start.
  await eventually(async () => (await restarts(hung)) === 1, { what: 'the watchdog ends the one that hangs' })
  await untilHeardAgain(hung)
  await expectSameObjects()
  demandExit(await scene.status(), 0)
})

test('a host that loses power has its enforcer back when it boots', async () => {
  await scene.host('host2').losePower()
  await scene.lab.reboot()
  await untilHeardAgain('host2')
  await expectSameObjects()
})

test('an enforcer that is stopped says so, and status shows it', async () => {
  await scene.host('host3').mustRun('systemctl stop prisma-enforcer')
  const run = demandExit(await scene.status('--json'), 1)
  const report = documentOf<EnforcerStatusReport>(run, 'EnforcerStatusReport')
  expect(report.connected).toBe(2)
  expect(report.enforcers.map(({ name, state }) => [name, state])).toContainEqual(['host3', 'Disconnected'])
  const table = demandExit(await scene.status('host3'), 1)
  demand(/host3 .*Disconnected/.test(table.stdout), { run: table, that: 'the table says so' })
  demandExit(await scene.status('host1', 'host2'), 0)
  const unknown = demandExit(await scene.status('host9'), 1)
  demand(unknown.stdout.includes('not registered: host9'), { run: unknown, that: 'it names the missing' })
  await scene.host('host3').mustRun('systemctl start prisma-enforcer')
  await untilHeardAgain('host3')
  demandExit(await scene.status(), 0)
  await expectSameObjects()
})

test('an installation that finds its enforcer stopped starts it again', async () => {
  await scene.host('host3').mustRun('systemctl disable --now prisma-enforcer')
  const run = demandExit(await scene.install({ hosts: ['host3'] }, ...lively), 0)
  demand(/host3 +installed/.test(run.stdout), { run, that: 'there was something to do' })
  expect(await scene.host('host3').mustRun('systemctl is-enabled prisma-enforcer')).toBe('enabled\n')
  await expectSameObjects()
})

test('while the Console is down it is uninstalled with --keep-in-console, and without in two steps', async () => {
  await scene.console.stop()
  const kept = demandExit(await scene.uninstall({ hosts: ['host1'] }, '--keep-in-console'), 0)
  demand(kept.stdout.includes('host1: removed, verified'), { run: kept, that: 'it is removed' })
  const alone = demandExit(await scene.uninstall({ hosts: ['host2'] }), 4)
  demand(alone.stdout.includes('APO-API-UNREACHABLE'), { run: alone, that: 'it says why' })
  await scene.console.start()
  expect((await scene.known()).enforcers).toHaveLength(3)
  // The hosts that are clean already still lead to what the Console shall forget.
  const again = demandExit(await scene.uninstall({ hosts: names }), 0)
  for (const name of names)
    demand(again.stdout.includes(`forgotten by the Console enforcer ${name}`), { run: again, that: name })
  expect(await scene.known()).toEqual(nobody)
  expect(changes(pristine, await snapshots(scene.lab.hosts))).toEqual([])
})
