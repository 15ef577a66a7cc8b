import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RunList } from '../../../src/lib/fleet/journal/list-runs.ts'
import type { ShownRun } from '../../../src/lib/fleet/journal/show-run.ts'
import type { InstallReport } from '../../../src/lib/install/linux/install-report.ts'
import {
  apoctl,
  demand,
  demandExit,
  documentOf,
  eventually,
  type EndedRun,
  type StartedRun,
} from '../program.ts'
import { openScene, type Scene } from '../scene.ts'

const names = ['host1', 'host2', 'host3'] as const
let scene: Scene
beforeAll(async () => {
  scene = await openScene({ hosts: 3, diskMiB: 900 })
})
afterAll(() => scene.close())
afterEach(async () => {
  for (const host of scene.lab.hosts) await host.run('rm -f /run/apoctl.lock')
  demandExit(await scene.uninstall({ hosts: names }), 0)
})

const runs = async (): Promise<RunList['runs']> =>
  documentOf<RunList>(await apoctl(['runs', 'list', '--json']), 'RunList').runs
const show = async (run: string, ...hosts: readonly string[]): Promise<ShownRun> =>
  documentOf<ShownRun>(
    await apoctl(['runs', 'show', run, '--json', ...hosts.flatMap((host) => ['--host', host])]),
    'Run',
  )
/** Logins that the host has seen so far: each command of apoctl needs one, and only one. */
async function logins(name: string): Promise<number> {
  const { stdout } = await scene.host(name).run('journalctl -u ssh --no-pager | grep -c "Accepted " || true')
  return Number(stdout.trim())
}
const resume = (run: string, ...more: readonly string[]): Promise<EndedRun> =>
  apoctl(['enforcer', 'install', 'linux', '--resume', run, ...more])

/** Starts one host after the other, and kills apoctl while it does `step` on the second. */
async function killedAt(step: string): Promise<string> {
  const run: StartedRun = scene.startInstall({ hosts: names }, '--concurrency', '1', '--verbose')
  const isThere = (): boolean => run.said().includes(`host2: ${step}`) || run.child.exitCode !== null
  await eventually(isThere, { what: `host2: ${step}`, forMs: 60_000, everyMs: 2 })
  run.child.kill('SIGKILL')
  await run.ended
  const [last] = await runs()
  expect(last).toMatchObject({ state: 'interrupted', command: 'enforcer install linux' })
  expect(last?.counts, run.said()).toMatchObject({ done: 1, begun: 1, pending: 1 })
  return last?.id ?? ''
}

describe('a run that was killed', () => {
  it.each(['unpack the runtime layer', 'enable and start prisma-enforcer.service'])(
    'goes on where it was at "%s", and asks nothing of a host that is done',
    async (step) => {
      const id = await killedAt(step)
      const before = await logins('host1')
      const run = await resume(id, '--json')
      demandExit(run, 0)
      const report = documentOf<InstallReport>(run, 'InstallReport')
      expect(report.hosts.map(({ host }) => host)).toEqual(['host2', 'host3'])
      expect(report.counts.installed + report.counts.unchanged).toBe(2)
      expect(await logins('host1')).toBe(before)
      const again = await show(report.run?.id ?? '')
      expect(again).toMatchObject({ continues: id, state: 'finished' })
      const done = (await show(id, 'host2')).hosts[0]?.steps.filter(({ outcome }) => outcome === 'done') ?? []
      const repeated = again.hosts
        .find(({ host }) => host === 'host2')
        ?.steps.filter((one) => done.some((other) => other.step === one.step && isWork(one.step)))
      expect(repeated?.map((one) => one.step)).toEqual([])
      const nothing = await resume(report.run?.id ?? '')
      demandExit(nothing, 0)
      expect(documentOf<InstallReport>(nothing, 'InstallReport').hosts).toEqual([])
    },
  )

  it('leaves a lock that only a run of this machine may ignore, because it knows that it is dead', async () => {
    const id = await killedAt('unpack the runtime layer')
    const lock = (await scene.host('host2').run('cat /run/apoctl.lock')).stdout
    const elsewhere = lock.replace(/"bootId":"[^"]*"/, '"bootId":"another"')
    const write = `cat > /run/apoctl.lock <<'EOF'\n${elsewhere.trim()}\nEOF`
    await scene.host('host2').run(write)
    const refused = await scene.install({ hosts: ['host2'] }, '--json')
    demandExit(refused, 1)
    demand(refused.stdout.includes('APO-HOST-LOCKED'), { run: refused, that: 'it is locked' })
    demand(refused.stdout.includes(id), { run: refused, that: 'it names the run' })
    demandExit(await scene.install({ hosts: ['host2'] }, '--take-over-lock'), 1)
    await scene.host('host2').run('touch -d "5 minutes ago" /run/apoctl.lock')
    const stale = await scene.install({ hosts: ['host2'] })
    demandExit(stale, 1)
    demand(stale.stdout.includes('--take-over-lock'), { run: stale, that: 'it says how to take over' })
    demandExit(await scene.install({ hosts: ['host2'] }, '--take-over-lock'), 0)
  })
})

it('tries what failed once more, and nothing else', async () => {
  await scene.host('host2').run('systemctl stop ssh.socket ssh.service || true')
  const first = await scene.install({ hosts: names }, '--json')
  demandExit(first, 5)
  const id = documentOf<InstallReport>(first, 'InstallReport').run?.id ?? ''
  await scene.host('host2').run('systemctl start ssh.service')
  const counted = await Promise.all([logins('host1'), logins('host3')])
  const again = await apoctl(['enforcer', 'install', 'linux', '--retry-failed', id, '--json'])
  demandExit(again, 0)
  expect(documentOf<InstallReport>(again, 'InstallReport').hosts.map(({ host }) => host)).toEqual(['host2'])
  expect(await Promise.all([logins('host1'), logins('host3')])).toEqual(counted)
  const diff = await apoctl(['runs', 'diff', id, 'last'])
  demandExit(diff, 0)
  demand(/host2\s+mended\s+failed: APO-SSH-UNREACHABLE\s+done/.test(diff.stdout), {
    run: diff,
    that: 'it is mended',
  })
})

it('lets two operators work side by side, but never on one host', async () => {
  const pair = ['host1', 'host2'] as const
  const ended = await Promise.all([0, 1].map(() => scene.startInstall({ hosts: pair }, '--json').ended))
  const reports = ended.map((run) => documentOf<InstallReport>(run, 'InstallReport'))
  const outcomes = pair.map((name) =>
    reports
      .map(({ hosts }) => hosts.find(({ host }) => host === name))
      .map((row) =>
        row?.outcome === 'ok' ? row.value.change : row?.outcome === 'failed' ? row.error.code : '',
      )
      .sort(),
  )
  for (const outcome of outcomes)
    expect([
      ['APO-HOST-LOCKED', 'installed'],
      ['installed', 'unchanged'],
    ]).toContainEqual(outcome)
  expect((await scene.known()).enforcers).toHaveLength(2)
})

/** Steps that change something; the others look, or have names for what is done each time. */
function isWork(step: string): boolean {
  return !['install', 'note what was there before', 'wait until the Console sees the enforcer'].includes(step)
}
