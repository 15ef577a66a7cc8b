import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../../src/lib/errors/apoctl-error.ts'
import { diffRuns } from '../../../../src/lib/fleet/journal/diff-runs.ts'
import { findRun } from '../../../../src/lib/fleet/journal/find-run.ts'
import { leftHosts } from '../../../../src/lib/fleet/journal/left-hosts.ts'
import { listRuns } from '../../../../src/lib/fleet/journal/list-runs.ts'
import { thisOperator } from '../../../../src/lib/fleet/journal/process-identity.ts'
import { readRun } from '../../../../src/lib/fleet/journal/read-run.ts'
import { openRunJournal, type RunJournal } from '../../../../src/lib/fleet/journal/run-journal.ts'
import type { RunRecord } from '../../../../src/lib/fleet/journal/run-record.ts'
import { sweepRuns } from '../../../../src/lib/fleet/journal/sweep-runs.ts'
import { takeOnRun } from '../../../../src/lib/fleet/journal/take-on-run.ts'
import { Secret } from '../../../../src/lib/secrets/secret.ts'
import type { ProgressEvent } from '../../../../src/lib/progress/progress-event.ts'

let folder: string
let shown: ProgressEvent[]
let nowMs: number

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runs-'))
  shown = []
  nowMs = Date.parse('2026-11-25T08:00:00Z')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

interface Asked {
  readonly hosts?: readonly string[]
  readonly continues?: string
  readonly pid?: number
  readonly secrets?: readonly Secret[]
}

function begin({ hosts = ['a', 'b', 'c'], continues, pid, secrets }: Asked = {}): Promise<RunJournal> {
  const operator = thisOperator('ann')
  return openRunJournal(
    {
      command: 'enforcer install linux',
      words: ['--namespace=/acme', '--confirm'],
      workingDir: '/work',
      apoctlVersion: '1.0.0',
      operator: pid === undefined ? operator : { ...operator, pid },
      step: 'install',
      hosts,
      continues,
    },
    {
      folder,
      now: () => new Date((nowMs += 1000)),
      shown: { report: (event) => void shown.push(event) },
      secrets,
    },
  )
}

const step = (subject: string, name: string) => ({
  start: { type: 'started', subject, step: name } as const,
  done: { type: 'finished', subject, step: name, outcome: 'done', isPart: true } as const,
})
const ok = (host: string) => ({ host, step: 'install', outcome: 'done', durationMs: 5 }) as const
const failed = (host: string, name = 'install') => {
  const error = new ApoctlError(['APO-SSH-LOST', `${host}: gone`]).toDocument()
  return { host, step: name, outcome: 'failed', durationMs: 7, error } as const
}
const statesOf = ({ hosts }: RunRecord): unknown =>
  Object.fromEntries(hosts.map(({ host, state }) => [host, state]))
/** No process has it: it is above what Linux gives out. */
const nobodysPid = 2 ** 22 + 1

describe('the journal of a run', () => {
  it('tells what became of each host, step by step', async () => {
    const journal = await begin()
    const copying = step('a', 'copy the layer')
    for (const event of [step('a', 'install').start, copying.start, copying.done, step('a', 'install').done])
      journal.reporter.report(event)
    journal.record(ok('a'))
    journal.reporter.report(step('b', 'install').start)
    journal.record(failed('b'))
    journal.reporter.report(step('c', 'install').start)
    journal.reporter.report(step('c', 'copy the layer').start)
    const run = await readRun(journal.folder)
    expect(run).toMatchObject({
      id: journal.id,
      command: 'enforcer install linux',
      words: ['--namespace=/acme', '--confirm'],
      startedAt: '2026-11-25T08:00:01.000Z',
      operator: expect.stringMatching(/^ann@/),
      counts: { done: 1, unchanged: 0, failed: 1, begun: 1, pending: 0 },
      failures: [{ code: 'APO-SSH-LOST', hosts: 'b' }],
    })
    expect(run.hosts[0]?.steps.map(({ step: name, outcome }) => [name, outcome])).toEqual([
      ['install', 'done'],
      ['copy the layer', 'done'],
    ])
    expect(run.hosts[2]?.steps.at(-1)).toMatchObject({ step: 'copy the layer', outcome: 'begun' })
    expect(shown).toHaveLength(7)
  })

  it('counts what is looked at between waves only against a host, and other looks not at all', async () => {
    const journal = await begin()
    journal.record(failed('a', 'collect facts'))
    journal.record(ok('a'))
    journal.record({ ...ok('a'), step: 'check that all is well' })
    journal.record(ok('b'))
    journal.record(failed('b', 'check that all is well'))
    expect(statesOf(await readRun(journal.folder))).toEqual({ a: 'done', b: 'failed', c: 'pending' })
  })

  it('is running while its process lives, finished with its result, and interrupted without both', async () => {
    const journal = await begin()
    expect((await readRun(journal.folder)).state).toBe('running')
    await journal.end({ exitCode: 5, report: { any: 'thing' } })
    expect(await readRun(journal.folder)).toMatchObject({ state: 'finished', exitCode: 5 })
    const dead = await begin({ pid: nobodysPid })
    expect((await readRun(dead.folder)).state).toBe('interrupted')
  })

  it('is read as far as it goes when a line was cut off', async () => {
    const journal = await begin()
    journal.record(ok('a'))
    await appendFile(join(journal.folder, 'log.jsonl'), '{"time":"2026-11-25T08:00:09.000Z","type":"ho')
    expect(statesOf(await readRun(journal.folder))).toMatchObject({ a: 'done', b: 'pending' })
  })

  it('is for nobody else, and holds no secret, whoever says it', async () => {
    const secrets = [new Secret('hunter2-hunter2')]
    const journal = await begin({ secrets })
    const text = 'TOKEN="hunter2-hunter2" and Bearer abcdefghijklmn and {"password":"swordfish"}'
    journal.reporter.report({ type: 'warning', subject: 'a', text })
    journal.reporter.report({ type: 'trace', subject: 'api', text: 'a whole exchange' })
    await journal.end({ exitCode: 0, report: { said: text } })
    for (const name of await readdir(journal.folder)) {
      const content = await readFile(join(journal.folder, name), 'utf8')
      expect(content).not.toMatch(/hunter2|abcdefghijklmn|swordfish|whole exchange/)
      for (const line of content.trim().split('\n')) JSON.parse(line)
      expect((await stat(join(journal.folder, name))).mode & 0o777).toBe(0o600)
    }
    expect((await stat(journal.folder)).mode & 0o777).toBe(0o700)
    expect(shown.map(({ type }) => type)).toEqual(['warning', 'trace'])
  })

  it('that cannot be begun keeps the run from beginning', async () => {
    await writeFile(join(folder, 'file'), '')
    folder = join(folder, 'file')
    await expect(begin()).rejects.toMatchObject({ code: 'APO-RUN-JOURNAL', exitCode: 2 })
    folder = join(folder, '..')
  })

  it('that cannot be gone on with is told once, and the run goes on', async () => {
    const journal = await begin()
    await mkdir(join(journal.folder, 'log.jsonl'))
    journal.record(ok('a'))
    journal.reporter.report(step('b', 'install').start)
    expect(shown).toEqual([
      { type: 'warning', subject: 'journal', text: expect.stringContaining('ends here: EISDIR') },
      step('b', 'install').start,
    ])
  })
})

describe('runs', () => {
  it('are found by their ID, the beginning of it, or as the last', async () => {
    const [first, second] = [await begin(), await begin()]
    expect(await findRun(folder, first.id)).toBe(first.folder)
    expect(await findRun(folder, second.id.slice(0, 15))).toBe(second.folder)
    expect(await findRun(folder, 'last')).toBe(second.folder)
    for (const asked of ['2026', 'nothing', '', '../..', '.'])
      await expect(findRun(folder, asked)).rejects.toMatchObject({ code: 'APO-RUN-UNKNOWN' })
    await expect(findRun(join(folder, 'none'), 'last')).rejects.toMatchObject({ code: 'APO-RUN-UNKNOWN' })
  })

  it('are listed with the newest first, and one that is damaged hides no other', async () => {
    const [first, second, third] = [await begin(), await begin(), await begin()]
    await writeFile(join(second.folder, 'plan.json'), '{"format":"apoctl-run/v9"}')
    const list = await listRuns(folder, { limit: 10 })
    expect(list.runs.map(({ id }) => id)).toEqual([third.id, first.id])
    expect(list.unreadable).toEqual([{ id: second.id, why: expect.stringContaining('apoctl-run/v1') }])
    expect((await listRuns(folder, { limit: 1 })).runs).toHaveLength(1)
  })

  it('make room for new ones, but never one that goes on', async () => {
    const running = await begin()
    const old = await begin({ pid: nobodysPid })
    for (let count = 0; count < 200; count += 1) await begin({ pid: nobodysPid })
    await sweepRuns(folder)
    const left = await readdir(folder)
    expect(left).toHaveLength(201)
    expect([left.includes(running.id), left.includes(old.id)]).toEqual([true, false])
  })

  it('differ by the hosts that do not end alike; changed and already as wanted are alike', async () => {
    const first = await begin({ hosts: ['a', 'b', 'c', 'd', 'gone'] })
    for (const host of ['a', 'b', 'gone']) first.record(ok(host))
    first.record(failed('c'))
    first.record(failed('d'))
    const second = await begin({ hosts: ['a', 'b', 'c', 'd', 'new'] })
    second.record({ ...ok('a'), outcome: 'unchanged' })
    second.record({ ...ok('b'), outcome: 'failed', reason: 'linux.memory' })
    second.record(ok('c'))
    second.record(failed('d'))
    second.record(ok('new'))
    const { changes, alike } = diffRuns(await readRun(first.folder), await readRun(second.folder))
    expect(changes).toEqual([
      { host: 'b', kind: 'broken', before: 'done', after: 'failed: linux.memory' },
      { host: 'c', kind: 'mended', before: 'failed: APO-SSH-LOST', after: 'done' },
      { host: 'gone', kind: 'gone', before: 'done' },
      { host: 'new', kind: 'added', after: 'done' },
    ])
    expect(alike).toBe(2)
  })
})

describe('going on with a run', () => {
  const listed = ['c', 'a', 'b', 'x'].map((name) => ({ type: 'ssh', name, address: name, tags: [] }) as const)

  it('takes what is not done, or what failed', async () => {
    const journal = await begin({ hosts: ['a', 'b', 'c', 'd'], pid: nobodysPid })
    journal.record(ok('a'))
    journal.record(failed('b'))
    journal.reporter.report(step('c', 'install').start)
    const run = await readRun(journal.folder)
    expect(leftHosts(run, 'resume')).toEqual(['b', 'c', 'd'])
    expect(leftHosts(run, 'retry-failed')).toEqual(['b'])
  })

  it('takes hosts as they are listed now, in the order of the run, and no others', async () => {
    const journal = await begin({ pid: nobodysPid })
    journal.record(ok('a'))
    const { hosts, run } = await takeOnRun({ run: 'last', how: 'resume' }, { hosts: listed, folder })
    expect(hosts.map(({ name }) => name)).toEqual(['b', 'c'])
    expect(run.id).toBe(journal.id)
  })

  it('is refused while the run goes on, and when a host is listed no more', async () => {
    await begin()
    const resume = (run: string) => takeOnRun({ run, how: 'resume' }, { hosts: listed, folder })
    await expect(resume('last')).rejects.toMatchObject({ code: 'APO-RUN-ACTIVE', exitCode: 1 })
    await begin({ hosts: ['a', 'y1', 'y2'], pid: nobodysPid })
    await expect(resume('last')).rejects.toThrow(/^y\[1-2\] of run \S+ are listed no more$/)
  })

  it('leaves what it left alone as it was, for who compares', async () => {
    const first = await begin({ pid: nobodysPid })
    first.record(ok('a'))
    const second = await begin({ hosts: ['b', 'c'], continues: first.id })
    second.record(ok('b'))
    second.record(failed('c'))
    const { changes } = diffRuns(await readRun(first.folder), await readRun(second.folder))
    expect(changes.map(({ host, kind }) => [host, kind])).toEqual([
      ['b', 'mended'],
      ['c', 'otherwise'],
    ])
  })
})
