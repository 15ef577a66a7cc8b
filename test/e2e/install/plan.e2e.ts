import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { InstallReport } from '../../../src/lib/install/linux/install-report.ts'
import type { SavedPlan } from '../../../src/lib/install/plan/saved-plan.ts'
import type { HostSnapshot } from '../hosts/snapshot.ts'
import { apoctl, demand, demandExit, documentOf } from '../program.ts'
import { changes, openScene, snapshots, type Scene } from '../scene.ts'

const names = ['host1', 'host2', 'host3'] as const
let scene: Scene
let pristine: ReadonlyMap<string, HostSnapshot>
beforeAll(async () => {
  scene = await openScene({ hosts: 3, diskMiB: 900 })
  pristine = await snapshots(scene.lab.hosts)
})
afterAll(() => scene.close())

const file = (name: string): string => join(scene.folder, name)
const untouched = async (): Promise<void> =>
  expect(changes(pristine, await snapshots(scene.lab.hosts))).toEqual([])

it('is made without changing anything, carried out once, and refused once hosts have changed', async () => {
  const made = await scene.install(
    { hosts: names },
    '--plan-out',
    file('plan.json'),
    '--token',
    'planted-secret',
  )
  demandExit(made, 0)
  demand(/^host\[1-3\] \(3 hosts\)$/m.test(made.stdout), { run: made, that: 'equal plans are folded' })
  await untouched()
  const text = readFileSync(file('plan.json'), 'utf8')
  expect(text).not.toContain('planted-secret')
  expect(statSync(file('plan.json')).mode & 0o777).toBe(0o600)
  const plan = JSON.parse(text) as SavedPlan
  expect(plan.hosts.map(({ host, steps }) => [host, steps.length > 10])).toEqual(
    names.map((name) => [name, true]),
  )

  // A host that somebody touches in between keeps all of them from being changed.
  await scene.host('host2').run('mkdir -p /var/lib/prisma-enforcer/state')
  const stale = await apoctl(['apply', file('plan.json'), '--confirm', '--json'])
  demandExit(stale, 1)
  demand(
    stale.stderr.includes('"message": "the plan of') && stale.stderr.includes('host2 is not what it was'),
    { run: stale, that: 'it says which' },
  )
  expect((await scene.known()).enforcers).toEqual([])
  await scene.host('host2').run('rm -rf /var/lib/prisma-enforcer')
  await untouched()

  const unasked = await apoctl(['apply', file('plan.json'), '--no-input'])
  demandExit(unasked, 2)
  await untouched()
  const applied = await apoctl(['apply', file('plan.json'), '--confirm', '--json'])
  demandExit(applied, 0)
  expect(documentOf<InstallReport>(applied, 'InstallReport').counts.installed).toBe(3)
  demandExit(await apoctl(['apply', file('plan.json'), '--confirm']), 1)

  demandExit(await scene.uninstall({ hosts: names }, '--plan-out', file('away.json')), 0)
  expect((await scene.known()).enforcers).toHaveLength(3)
  demandExit(await apoctl(['apply', file('away.json'), '--confirm']), 0)
  await untouched()
  expect((await scene.known()).enforcers).toEqual([])
})

it('never takes the place of a file, and none is written where nothing can be planned', async () => {
  writeFileSync(file('there.json'), 'mine')
  const refused = await scene.install({ hosts: ['host1'] }, '--plan-out', file('there.json'))
  demandExit(refused, 2)
  expect(readFileSync(file('there.json'), 'utf8')).toBe('mine')
  await scene.host('host1').run('systemctl stop ssh.socket ssh.service || true')
  const unreachable = await scene.install({ hosts: ['host1'] }, '--plan-out', file('none.json'))
  await scene.host('host1').run('systemctl start ssh.service')
  demandExit(unreachable, 4)
  expect(existsSync(file('none.json'))).toBe(false)
})
