import { afterAll, beforeAll, expect, it } from 'vitest'
import type { InstallReport } from '../../../src/lib/install/linux/install-report.ts'
import { apoctl, bundledVersion, demand, demandExit, documentOf, type EndedRun } from '../program.ts'
import { changes, openScene, snapshots, type Scene } from '../scene.ts'
import { makeLaterBundle, type MadeBundle } from '../second-bundle.ts'

let scene: Scene
let good: MadeBundle
let bad: MadeBundle
/** Runs for four seconds, and after that not at all. */
const shortLived = `{
  const fs = require('node:fs'), mark = '/var/lib/prisma-enforcer/state/short-lived'
  if (fs.existsSync(mark)) process.exit(1)
  setTimeout(() => { fs.writeFileSync(mark, ''); process.exit(1) }, 4000)
}
`
beforeAll(async () => {
  scene = await openScene({ hosts: 2, diskMiB: 900 })
  good = await makeLaterBundle('0.9.0')
  bad = await makeLaterBundle('0.9.1', shortLived)
})
afterAll(() => scene.close())

const upgrade = (bundle: MadeBundle, ...more: readonly string[]): Promise<EndedRun> =>
  apoctl([
    ...['enforcer', 'upgrade', 'linux', ...scene.there, ...scene.onHosts('host1', 'host2'), '--confirm'],
    ...['--bundle', bundle.folder, '--bundle-key', bundle.key, '--probation', '12s', ...more],
  ])
const configuration = (): Promise<string> =>
  scene
    .host('host1')
    .mustRun('cat /var/lib/prisma-enforcer/prisma-enforcer.conf /var/lib/prisma-enforcer/default.creds')

it('changes the version and nothing else, where an enforcer is, and says what ran there before', async () => {
  demandExit(await scene.install({ hosts: ['host1'] }, '--tag', 'tier=web'), 0)
  const [before] = (await scene.known()).enforcers
  const was = await configuration()
  const wrong = await upgrade(good, '--target-version', '0.8.0', '--json')
  demandExit(wrong, 1)
  demand(wrong.stdout.includes('APO-BUNDLE-MISSING'), { run: wrong, that: 'there is no such version' })
  const run = await upgrade(good, '--target-version', '0.9.0', '--json')
  demandExit(run, 5)
  const { hosts, counts, verb } = documentOf<InstallReport>(run, 'InstallReport')
  expect([verb, counts.installed, counts.failed]).toEqual(['upgrade', 1, 1])
  expect(hosts[0]).toMatchObject({ value: { change: 'installed', replaced: bundledVersion() } })
  expect(hosts[1]).toMatchObject({ error: { code: 'APO-UPGRADE-ABSENT' } })
  expect(await configuration()).toBe(was)
  const [after] = (await scene.known()).enforcers
  expect(after).toMatchObject({ ID: before?.ID, operationalStatus: 'Connected', currentVersion: '0.9.0' })
  expect(after?.associatedTags).toContain('tier=web')
  demandExit(await scene.install({ hosts: ['host2'] }, '--bundle', good.folder, '--bundle-key', good.key), 0)
  const again = await upgrade(good)
  demandExit(again, 0)
  demand(again.stdout.includes('2 unchanged'), { run: again, that: 'nothing is left to do' })
})

it('is taken back when the new version does not stay well, and the rest of the hosts is left alone', async () => {
  const before = await snapshots(scene.lab.hosts)
  const run = await upgrade(bad, '--serial', '1')
  demandExit(run, 1)
  demand(run.stdout.includes('APO-INSTALL-UNHEALTHY'), { run, that: 'it says why' })
  demand(run.stdout.includes('is as it was before'), { run, that: 'it says that it was taken back' })
  demand(run.stdout.includes('1 not attempted'), { run, that: 'the second wave was not begun' })
  await scene.host('host1').run('rm -f /var/lib/prisma-enforcer/state/short-lived')
  expect(changes(before, await snapshots(scene.lab.hosts))).toEqual([])
  expect(await scene.host('host1').mustRun('readlink /opt/prisma-enforcer/current')).toBe('0.9.0\n')
  await expect
    .poll(
      async () => (await scene.known()).enforcers.map((one) => [one.operationalStatus, one.currentVersion]),
      {
        timeout: 30_000,
      },
    )
    .toEqual([
      ['Connected', '0.9.0'],
      ['Connected', '0.9.0'],
    ])
  demandExit(await scene.uninstall({ hosts: ['host1', 'host2'] }), 0)
})
