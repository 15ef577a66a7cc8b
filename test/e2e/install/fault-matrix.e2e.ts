import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InstallReport } from '../../../src/lib/install/linux/install-report.ts'
import type { E2eHost } from '../hosts/host.ts'
import {
  demandExit,
  documentOf,
  eventually,
  start,
  story,
  type EndedRun,
  type StartedRun,
} from '../program.ts'
import { openScene, type Scene } from '../scene.ts'
import { faults, oddities, places, type Arranged, type Fault, type Oddity } from './fault-table.ts'

const ordinary = 'an ordinary one'

/** Both runs of a fleet in which much is wrong at once. */
interface Outcome {
  readonly faulty: EndedRun
  readonly mended: EndedRun
  readonly rowOf: (run: EndedRun, name: string) => InstallReport['hosts'][number]
}

/**
 * Each host of the first run has a trouble of its own, beside some that are only odd and one that is ordinary.
 * Then all is mended, and the same command is given again. A fleet for each place where trouble may be: all of
 * them at once are more hosts than a small machine boots.
 */
describe.each(places)('%s', (place) => {
  const ofPlace = <Row extends Oddity>(rows: Readonly<Record<string, Row>>): (readonly [string, Row])[] =>
    Object.entries(rows).filter(([, { where }]) => where === place)
  const broken = ofPlace<Fault>(faults)
  const odd = ofPlace<Oddity>(oddities)
  const endings: (() => unknown)[] = []
  let outcome: Outcome

  beforeAll(async () => {
    const names = [...broken, ...odd].map(([name]) => name)
    const scene = await openScene({ hosts: names.length + 1, diskMiB: 900 })
    endings.push(() => scene.close())
    const fleet = fleetOf(scene, [...names, ordinary])
    const arrange = async ([name, row]: readonly [string, Oddity]) => {
      const made = await row.arrange(fleet.hostOf(name), scene)
      if (made.close !== undefined) endings.unshift(made.close)
      return [name, made] as const
    }
    const arranged = new Map(await Promise.all([...broken, ...odd].map(arrange)))
    const first = fleet.start({ arranged, state: 'broken', env: { APOCTL_SSH_PASSWORD: 'a wrong one' } })
    await untilTurnedAway(first, odd)
    for (const [name, { isFull }] of odd) if (isFull) await arranged.get(name)?.mend?.()
    const faulty = await first.ended
    for (const [name] of broken) await arranged.get(name)?.mend?.()
    const env = { APOCTL_SSH_PASSWORD: 'the right one', APOCTL_SUDO_PASSWORD: 'the right one' }
    const mended = await fleet.start({ arranged, state: 'mended', env }).ended
    outcome = { faulty, mended, rowOf: fleet.rowOf }
  })
  afterAll(async () => {
    for (const end of endings) await end()
  })

  describe.each(broken)('a host %s', (name, { code, exitCode, says }) => {
    it('is told from others by its error, and by how apoctl would exit for it alone', () => {
      const row = outcome.rowOf(outcome.faulty, name)
      expect(failureOf(row)).toEqual({ code, exitCode })
      for (const words of says) expect(JSON.stringify(row)).toMatch(words)
    })

    it('is installed by the same command once it is mended', () => {
      const row = outcome.rowOf(outcome.mended, name)
      expect(row).toMatchObject({ outcome: 'ok', value: { change: 'installed' } })
    })
  })

  it.each([...odd.map(([name]) => name), ordinary])(
    'a host %s is installed in spite of the others, and left alone by the next run',
    (name) => {
      const { faulty, mended, rowOf } = outcome
      expect(rowOf(faulty, name)).toMatchObject({ outcome: 'ok', value: { change: 'installed' } })
      expect(rowOf(mended, name)).toMatchObject({ outcome: 'ok', value: { change: 'unchanged' } })
    },
  )

  it('the fleet is done in part, with 5, and wholly, with 0, once everything is mended', () => {
    demandExit(outcome.faulty, 5)
    demandExit(outcome.mended, 0)
  })
})

/** One of them is let in only after it turned us away. */
async function untilTurnedAway(run: StartedRun, odd: readonly (readonly [string, Oddity])[]): Promise<void> {
  if (!odd.some(([, { isFull }]) => isFull)) return
  await eventually(() => run.child.exitCode !== null || run.said().includes('turned us away'), {
    what: 'a host turns a login away',
    forMs: 60_000,
  })
}

function failureOf(row: InstallReport['hosts'][number]): unknown {
  if (row.outcome === 'failed') return { code: row.error.code, exitCode: row.error.exitCode }
  if (row.outcome === 'ok' && row.value.change === 'refused') return { code: 'refused', exitCode: 1 }
  return row
}

interface FleetRun {
  readonly arranged: ReadonlyMap<string, Arranged>
  readonly state: 'broken' | 'mended'
  readonly env: Readonly<Record<string, string>>
}

function fleetOf(scene: Scene, names: readonly string[]) {
  const hostOf = (name: string): E2eHost => scene.host(`host${names.indexOf(name) + 1}`)
  const startRun = ({ arranged, state, env }: FleetRun): StartedRun => {
    const blocks = names.map((name) => {
      const lines = arranged.get(name)?.ssh?.[state] ?? []
      return [`Host ${hostOf(name).name}`, ...lines.map((line) => `  ${line}`)].join('\n')
    })
    const config = join(scene.folder, `ssh-${state}`)
    writeFileSync(config, `${blocks.join('\n')}\n${readFileSync(scene.lab.sshConfig, 'utf8')}`)
    const list = join(scene.folder, 'hosts.txt')
    writeFileSync(list, names.map((name) => `${hostOf(name).name}\n`).join(''))
    // What preflight would see of a full disk is to be met in the middle.
    const skip = ['--skip', 'linux.resources.disk.opt', '--skip', 'linux.resources.disk.var-lib']
    const where = ['--inventory', list, '--ssh-config', config]
    const words = ['enforcer', 'install', 'linux', ...scene.there, ...where, ...skip]
    return start([...words, '--confirm', '--json', '--verbose'], { env })
  }
  const rowOf: Outcome['rowOf'] = (run, name) => {
    const { hosts } = documentOf<InstallReport>(run, 'InstallReport')
    const row = hosts.find(({ host }) => host === hostOf(name).name)
    if (row === undefined) throw new Error(`no row of ${hostOf(name).name}\n${story(run)}`)
    return row
  }
  return { hostOf, start: startRun, rowOf }
}
