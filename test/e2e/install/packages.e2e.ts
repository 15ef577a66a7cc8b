import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { InstallReport } from '../../../src/lib/install/linux/install-report.ts'
import { buildStandIn, dnfState, installDnf } from '../dnf-on-host.ts'
import { buildPackage, openPackageRepository, type PackageRepository } from '../package-repository.ts'
import {
  apoctl,
  bundleFolder,
  bundledVersion,
  demand,
  demandExit,
  documentOf,
  type EndedRun,
} from '../program.ts'
import { changes, openScene, snapshots, type Scene } from '../scene.ts'
import { makeLaterBundle } from '../second-bundle.ts'

let scene: Scene
let pristine: Awaited<ReturnType<typeof snapshots>>
let repository: PackageRepository
/** Of the version that is bundled, of a later one, and of one that ends after eight seconds. */
let debs: readonly [string, string, string]
const shortLived = `{
  const fs = require('node:fs'), mark = '/var/lib/prisma-enforcer/state/short-lived'
  if (fs.existsSync(mark)) process.exit(1)
  setTimeout(() => { fs.writeFileSync(mark, ''); process.exit(1) }, 8000)
}
`
beforeAll(async () => {
  scene = await openScene({ hosts: 1 })
  pristine = await snapshots(scene.lab.hosts)
  const { folder } = scene
  const later = await makeLaterBundle('0.9.0')
  const bad = await makeLaterBundle('0.9.1', shortLived)
  const bundles = [bundleFolder(), join(later.folder, 'linux-x64'), join(bad.folder, 'linux-x64')]
  const [first, second, third] = await Promise.all(
    bundles.map((bundle) => buildPackage(bundle, { format: 'deb', folder })),
  )
  debs = [first!, second!, third!]
  repository = await openPackageRepository({ host: scene.lab.gateway, port: 8880, folder })
  await repository.publish(debs.slice(0, 2))
})
afterAll(async () => {
  await scene.close()
  repository.close()
})

const hosts = ['host1']
const install = (...more: readonly string[]): Promise<EndedRun> =>
  scene.install({ hosts }, '--repo', repository.url, '--repo-key', repository.key, ...more)
const upgrade = (...more: readonly string[]): Promise<EndedRun> =>
  apoctl([
    ...['enforcer', 'upgrade', 'linux', ...scene.there, ...scene.onHosts('host1'), '--confirm'],
    ...['--probation', '12s', ...more],
  ])
const on = (script: string): Promise<string> => scene.host('host1').mustRun(script)

/** What dpkg and apt write down for themselves: their journals, their caches, and copies of what they knew before. */
const records =
  /^host1 [-+~] \/var\/(log\/(apt|dpkg\.log)|cache\/(apt|debconf)|lib\/dpkg\/(status-old|lock|triggers|info$)|lib\/apt\/(extended_states|lists\/(lock|partial|auxfiles)|periodic|mirrors))/
const differences = (...between: Parameters<typeof changes>): string[] =>
  changes(...between).filter((line) => !records.test(line))
const source = '/etc/apt/sources.list.d/aporeto.list'

it('is installed in the version that was asked for, says which key is trusted, and again changes nothing', async () => {
  const before = await snapshots(scene.lab.hosts)
  const dry = demandExit(await install('--enforcer-version', bundledVersion(), '--dry-run', '--json'), 0)
  const [plan] = documentOf<InstallReport>(dry, 'InstallReport').plans
  expect(plan?.steps).toContain(`install prisma-enforcer ${bundledVersion()} with apt-get`)
  const shown = repository.fingerprint.replace(/(.{4})(?=.)/g, '$1 ')
  expect(plan?.steps.join('\n')).toContain(`trust the key ${shown} for that source alone`)
  expect(differences(before, await snapshots(scene.lab.hosts))).toEqual([])
  demandExit(await install('--enforcer-version', bundledVersion(), '--tag', 'tier=web'), 0)
  expect(await on("dpkg-query -W -f '${Version}' prisma-enforcer")).toBe(bundledVersion())
  expect(await on(`cat ${source}`)).toBe(
    `# Written by apoctl.\ndeb [arch=amd64 signed-by=/usr/share/keyrings/prisma-enforcer.asc] ${repository.url}/debian/bookworm aporeto main\n`,
  )
  const asked = repository.asked.length
  const again = demandExit(await install('--tag', 'tier=web'), 0)
  demand(again.stdout.includes('1 unchanged'), { run: again, that: 'nothing is left to do' })
  expect(repository.asked).toHaveLength(asked)
  expect((await scene.known()).enforcers.map((one) => one.operationalStatus)).toEqual(['Connected'])
})

it('is not mixed with a copied installation', async () => {
  const copy = demandExit(await scene.install({ hosts }), 1)
  demand(copy.stdout.includes('APO-REPO-SOURCE'), { run: copy, that: 'a package is there' })
})

it('is upgraded from where it came, and keeps what it was told', async () => {
  const configuration = () => on('cat /var/lib/prisma-enforcer/prisma-enforcer.conf')
  const was = await configuration()
  demandExit(await upgrade(), 0)
  expect(await on('readlink /opt/prisma-enforcer/current; ls /opt/prisma-enforcer')).toBe(
    '0.9.0\n0.9.0\ncurrent\n',
  )
  expect(await configuration()).toBe(was)
  const again = demandExit(await upgrade(), 0)
  demand(again.stdout.includes('1 unchanged'), { run: again, that: 'there is nothing newer' })
})

it('is brought back to the version before when the new one does not stay well', async () => {
  await repository.publish(debs)
  const before = await snapshots(scene.lab.hosts)
  const run = demandExit(await upgrade('--target-version', '0.9.1'), 1)
  demand(run.stdout.includes('APO-INSTALL-UNHEALTHY'), { run, that: 'it says why' })
  demand(run.stdout.includes('is as it was before'), { run, that: 'it was taken back' })
  await on('rm -f /var/lib/prisma-enforcer/state/short-lived')
  expect(
    differences(before, await snapshots(scene.lab.hosts)).filter(
      (line) => !/\/var\/lib\/(dpkg|apt)\//.test(line),
    ),
  ).toEqual([])
  expect(await on("dpkg-query -W -f '${Version}' prisma-enforcer; systemctl is-active prisma-enforcer")).toBe(
    '0.9.0active\n',
  )
})

it('is removed by the package manager, and nothing is left', async () => {
  demandExit(await scene.uninstall({ hosts }, '--soft'), 0)
  expect(await on(`cat ${source}`)).toContain(repository.url)
  const before = await snapshots(scene.lab.hosts)
  demandExit(await scene.uninstall({ hosts }), 0)
  const gone = differences(before, await snapshots(scene.lab.hosts))
  expect(gone.map((line) => line.split(':')[0])).toContain(`host1 - ${source}`)
  expect(
    await on(
      'find / -xdev -iname "*prisma-enforcer*" -not -path "/proc/*"; find / -xdev -name "*aporeto*"; dpkg -l prisma-enforcer 2>/dev/null | grep ^.. || :',
    ),
  ).toBe('')
  expect(differences(pristine, await snapshots(scene.lab.hosts))).toEqual([])
  expect((await scene.known()).enforcers).toEqual([])
  const again = demandExit(await scene.uninstall({ hosts }), 0)
  demand(again.stdout.includes('nothing to do'), { run: again, that: 'nothing is left to remove' })
})

it('leaves a host as it was where it cannot be had, or cannot be trusted', async () => {
  const before = await snapshots(scene.lab.hosts)
  const refused = async (code: string, exitCode: number, ...words: readonly string[]): Promise<void> => {
    const run = demandExit(await scene.install({ hosts }, ...words), exitCode)
    demand(run.stdout.includes(code), { run, that: `it ends with ${code}` })
    expect(differences(before, await snapshots(scene.lab.hosts))).toEqual([])
  }
  const from = ['--repo', repository.url, '--repo-key', repository.key]
  const nowhere = `http://${scene.lab.gateway}:9/enforcer`
  await refused('APO-REPO-UNREACHABLE', 4, '--repo', nowhere, '--repo-key', repository.key)
  await refused('APO-REPO-VERSION', 1, ...from, '--enforcer-version', '7.7.7')
  // Another package than the list that was signed names: seen when it is installed.
  const pool = repository.path('debian/bookworm/pool', `prisma-enforcer_${bundledVersion()}_amd64.deb`)
  const good = readFileSync(pool)
  writeFileSync(pool, Buffer.from(good).fill(0, good.length - 100))
  await refused('APO-REPO-SIGNATURE', 1, ...from, '--enforcer-version', bundledVersion())
  appendFileSync(
    repository.path('debian/bookworm/dists/aporeto/main/binary-amd64/Packages'),
    'Package: evil\n\n',
  )
  await refused('APO-REPO-SIGNATURE', 1, ...from)
  await repository.publish(debs)
  const list = repository.path('debian/bookworm/dists/aporeto/InRelease')
  writeFileSync(list, readFileSync(list, 'utf8').replace('Suite: aporeto', 'Suite: aporetO'))
  await refused('APO-REPO-SIGNATURE', 1, ...from)
  rmSync(list)
  await refused('APO-REPO-SIGNATURE', 1, ...from)
})

it('is installed and removed by dnf where the distribution has that, although apt is there as well', async () => {
  const { folder } = scene
  await installDnf(scene.host('host1'), folder)
  const rpm = await buildPackage(bundleFolder(), { format: 'rpm', folder })
  await repository.publishRpms('centos/9', [rpm, await buildStandIn(folder)])
  await scene.host('host1').pretend('/etc/os-release', 'ID=centos\nVERSION_ID=9\nNAME=CentOS')
  const before = await on(dnfState)
  const list = repository.path('centos/9/repodata/repomd.xml')
  const good = readFileSync(list, 'utf8')
  writeFileSync(list, good.replace('<revision>', '<revision>1'))
  const wrong = demandExit(await install(), 1)
  demand(wrong.stdout.includes('APO-REPO-SIGNATURE'), { run: wrong, that: 'the list was altered' })
  expect(await on(dnfState)).toBe(before)
  writeFileSync(list, good)
  demandExit(await install(), 0)
  expect(await on('rpm -q prisma-enforcer')).toBe(`prisma-enforcer-${bundledVersion()}-1.x86_64\n`)
  const again = demandExit(await install(), 0)
  demand(again.stdout.includes('1 unchanged'), { run: again, that: 'nothing is left to do' })
  demandExit(await scene.uninstall({ hosts }), 0)
  expect(await on(dnfState)).toBe(before)
})
