import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { InstallReport } from '../../../src/lib/install/linux/install-report.ts'
import {
  apoctl,
  bundleManifest,
  bundledVersion,
  demand,
  demandExit,
  documentOf,
  eventually,
} from '../program.ts'
import { changes, openScene, snapshots, type Scene } from '../scene.ts'

let scene: Scene
beforeAll(async () => {
  scene = await openScene({ hosts: 1 })
})
afterAll(() => scene.close())

const layerOf = (name: string) => bundleManifest().layers.find((layer) => layer.name === name)!
const archiveOf = (name: string) =>
  `/opt/prisma-enforcer/${bundledVersion()}.partial/${name}-${layerOf(name).sha256}.tar.gz`

describe('an installation that was killed while the runtime layer was on its way', () => {
  test('goes on at the byte it had come to, and ends as any other does', async () => {
    const host = scene.host('host1')
    const first = scene.startInstall({ hosts: ['host1'] })
    const file = `/proc/${await host.initPid()}/root${archiveOf('runtime')}`
    await eventually(() => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000, {
      what: 'some of the runtime layer arrived',
      everyMs: 2,
    })
    first.child.kill('SIGKILL')
    await first.ended
    await host.mustRun('sleep 1')
    const arrived = statSync(file).size
    expect(arrived).toBeLessThan(layerOf('runtime').sizeBytes)
    const second = demandExit(await scene.install({ hosts: ['host1'] }, '--json'), 0)
    const [plan] = documentOf<InstallReport>(second, 'InstallReport').plans
    const mebibytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MiB`
    expect(plan?.steps).toContain(
      `go on from what an earlier run brought: ${mebibytes(arrived)} of the runtime layer`,
    )
    expect(plan?.steps).toContain(
      `copy the rest of the runtime layer (${mebibytes(layerOf('runtime').sizeBytes - arrived)})`,
    )
    expect(await host.mustRun('ls -A /opt/prisma-enforcer')).toBe(`${bundledVersion()}\ncurrent\n`)
    demandExit(await scene.uninstall({ hosts: ['host1'] }), 0)
  })
})

describe('the package', () => {
  test('is installed from one file, which came from elsewhere', async () => {
    const file = join(scene.folder, 'enforcer.tar')
    demandExit(await apoctl(['enforcer', 'bundle', 'export', '--output-file', file]), 0)
    const env = { XDG_CACHE_HOME: join(scene.folder, 'cache') }
    const run = await scene.install({ hosts: ['host1'], options: { env } }, '--bundle', file)
    demand(/host1 +installed/.test(demandExit(run, 0).stdout), { run, that: 'it is installed' })
    demandExit(await scene.uninstall({ hosts: ['host1'] }), 0)
  })

  test('is downloaded by the host from the Console, and the host looks as after any installation', async () => {
    const hosts = ['host1']
    const before = await snapshots(scene.lab.hosts)
    demandExit(await scene.install({ hosts }), 0)
    const copied = await snapshots(scene.lab.hosts)
    demandExit(await scene.uninstall({ hosts }), 0)
    const run = demandExit(await scene.install({ hosts }, '--from-url', 'console', '--json'), 0)
    const [plan] = documentOf<InstallReport>(run, 'InstallReport').plans
    expect(plan?.steps.filter((step) => step.startsWith('have the host download'))).toHaveLength(2)
    const programs = (all: readonly string[]) => all.filter((line) => line.includes('/opt/'))
    expect(programs(changes(copied, await snapshots(scene.lab.hosts)))).toEqual([])
    demandExit(await scene.uninstall({ hosts }), 0)
    expect(changes(before, await snapshots(scene.lab.hosts))).toEqual([])
  })

  test('that the host cannot get from the Console costs the run, and the host is brought back', async () => {
    const before = await snapshots(scene.lab.hosts)
    const url = `https://${scene.lab.gateway}:9/enforcer`
    const run = demandExit(await scene.install({ hosts: ['host1'] }, '--from-url', url), 4)
    demand(run.stdout.includes('APO-DELIVERY-DOWNLOAD'), { run, that: 'it says what failed' })
    expect(changes(before, await snapshots(scene.lab.hosts))).toEqual([])
  })
})
