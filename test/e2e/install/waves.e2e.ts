import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { InstallReport } from '../../../src/lib/install/linux/install-report.ts'
import type { UninstallReport } from '../../../src/lib/install/linux/uninstall-linux.ts'
import { diffSnapshots, type HostSnapshot } from '../hosts/snapshot.ts'
import { apoctl, demand, demandExit, documentOf, eventually, start } from '../program.ts'
import { openScene, snapshots, type Scene } from '../scene.ts'

const names = ['host1', 'host2', 'host3'] as const

let scene: Scene
let pristine: ReadonlyMap<string, HostSnapshot>
/** An Ansible inventory of the lab, in which two hosts come before the third. */
let inventory: string
beforeAll(async () => {
  scene = await openScene({ hosts: 3 })
  pristine = await snapshots(scene.lab.hosts)
  inventory = join(scene.folder, 'hosts.ini')
  const { identity, knownHosts } = scene.lab
  const hosts = scene.lab.hosts.map(({ name, address }) => `${name} ansible_host=${address}`)
  writeFileSync(
    inventory,
    `[lab]\n${hosts.join('\n')}\n[lab:vars]\nansible_user=root\nansible_ssh_private_key_file=${identity}\napoctl_known_hosts=${knownHosts}\napoctl_tags=site=lab\n`,
  )
})
afterAll(() => scene.close())

const words = (verb: string, ...more: readonly string[]) =>
  ['enforcer', verb, 'linux', ...scene.there, '--inventory', inventory, '--confirm', ...more] as const

describe('three hosts in waves', () => {
  test('have the exemplars of every kind go ahead as canaries', async () => {
    const text = 'ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Debian GNU/Linux 11 (bullseye)"\n'
    await scene.host('host3').pretend('/etc/os-release', text)
    const run = demandExit(
      await apoctl(words('install', '--canary', 'diverse', '--skip', 'linux', '--dry-run', '--json')),
      0,
    )
    await scene.host('host3').mustRun('umount /etc/os-release')
    const report = documentOf<InstallReport>(run, 'InstallReport')
    expect(report.waves.map(({ number, hosts }) => [number, hosts])).toEqual([
      [1, 'host[1,3]'],
      [2, 'host2'],
    ])
    expect(run.stderr).toMatch(/host3: goes ahead as a canary: kernel [\d.]+, debian 11, /)
  })

  test('stop when a host of the first is not well any more, and leave the others alone', async () => {
    const more = ['--serial', '2,1', '--max-fail', '0', '--concurrency', '1', '--json']
    const run = start(words('install', ...more))
    await eventually(() => run.said().includes('host1: install: ok'), {
      what: 'host1 is installed',
      forMs: 120_000,
    })
    await scene.host('host1').mustRun('systemctl stop prisma-enforcer')
    const ended = demandExit(await run.ended, 5)
    const report = documentOf<InstallReport>(ended, 'InstallReport')
    expect(report.hosts).toMatchObject([
      { host: 'host1', wave: 1, outcome: 'failed', error: { code: 'APO-INSTALL-UNHEALTHY' } },
      { host: 'host2', wave: 1, outcome: 'ok', value: { change: 'installed' } },
      { host: 'host3', wave: 2, outcome: 'not-attempted', reason: '1 of 2 host(s) of wave 1 failed' },
    ])
    expect(report.counts).toMatchObject({ installed: 1, failed: 1, notAttempted: 1 })
    expect(report.waves.map(({ outcome }) => outcome)).toEqual(['stopped', 'not-attempted'])
    demand(/^\S+Z wave 1 of 2: install: host\[1-2\] \(2\)$/m.test(ended.stderr), {
      run: ended,
      that: 'it says which wave is running, and when',
    })
    expect(diffSnapshots(pristine.get('host3')!, await scene.host('host3').snapshot())).toEqual([])
  })

  test('are all done when the same command is given again', async () => {
    const run = demandExit(await apoctl(words('install', '--serial', '2,1', '--max-fail', '0')), 0)
    expect(run.stdout).toMatch(/^host3 +2 +installed/m)
    expect(run.stdout).toContain('wave 1: host[1-2] (2 hosts) done\nwave 2: host3 done')
    const { enforcers } = await scene.known()
    expect(enforcers.map(({ operationalStatus }) => operationalStatus)).toEqual(names.map(() => 'Connected'))
    expect(enforcers.every(({ normalizedTags }) => normalizedTags.includes('site=lab'))).toBe(true)
  })

  test('are uninstalled one after the other, and nothing is left', async () => {
    const run = demandExit(await apoctl(words('uninstall', '--serial', '1', '--json')), 0)
    const report = documentOf<UninstallReport>(run, 'UninstallReport')
    expect(report.hosts.map(({ host, wave }) => `${host} ${wave}`)).toEqual(['host1 1', 'host2 2', 'host3 3'])
    for (const name of names)
      expect(diffSnapshots(pristine.get(name)!, await scene.host(name).snapshot()), name).toEqual([])
    expect((await scene.known()).enforcers).toEqual([])
  })
})
