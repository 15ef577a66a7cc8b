import { statSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { InstallReport } from '../../../src/lib/install/linux/install-report.ts'
import { bundleManifest, bundledVersion, demandExit, documentOf, eventually } from '../program.ts'
import { openScene, type Scene } from '../scene.ts'

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
