import { describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../src/lib/errors/apoctl-error.ts'
import type { FleetHost } from '../../../src/lib/fleet/fleet-host.ts'
import { exitCodeOfFleet } from '../../../src/lib/fleet/fleet-report.ts'
import { parseTarget } from '../../../src/lib/fleet/parse-target.ts'
import { runInWaves, type WavedWork } from '../../../src/lib/fleet/waves/run-in-waves.ts'
import { isStopped, parseMaxFail, parseSerial, planWaves } from '../../../src/lib/fleet/waves/wave-rules.ts'
import type { ProgressEvent } from '../../../src/lib/progress/progress-event.ts'

const sizes = (serial: string, hosts: number, first = 0): string => {
  const names = Array.from({ length: hosts }, (_, at) => at)
  return planWaves(names, { serial: parseSerial(serial), first: names.slice(hosts - first) })
    .map(({ length }) => length)
    .join(' ')
}

describe('waves of --serial', () => {
  // Worked out by hand from Ansible's rule: a percentage is of all hosts, rounded down, and at least one.
  it.each([
    ['1', ['1', '1 1', '1 1 1', '1 1 1 1', '1 1 1 1 1', '1 1 1 1 1 1', '1 1 1 1 1 1 1']],
    ['2', ['1', '2', '2 1', '2 2', '2 2 1', '2 2 2', '2 2 2 1']],
    ['1,10%,100%', ['1', '1 1', '1 1 1', '1 1 2', '1 1 3', '1 1 4', '1 1 5']],
    ['50%', ['1', '1 1', '1 1 1', '2 2', '2 2 1', '3 3', '3 3 1']],
    ['30%', ['1', '1 1', '1 1 1', '1 1 1 1', '1 1 1 1 1', '1 1 1 1 1 1', '2 2 2 1']],
    ['1,3', ['1', '1 1', '1 2', '1 3', '1 3 1', '1 3 2', '1 3 3']],
    ['100%', ['1', '2', '3', '4', '5', '6', '7']],
    ['2,50%', ['1', '2', '2 1', '2 2', '2 2 1', '2 3 1', '2 3 2']],
    ['9', ['1', '2', '3', '4', '5', '6', '7']],
  ])('%s divides one to seven hosts as the table says', (serial, table) => {
    expect([1, 2, 3, 4, 5, 6, 7].map((hosts) => sizes(serial, hosts))).toEqual(table)
  })

  it('keeps every host, once and in order', () => {
    const hosts = ['a', 'b', 'c', 'd', 'e']
    expect(planWaves(hosts, { serial: parseSerial('2,1') })).toEqual([['a', 'b'], ['c'], ['d'], ['e']])
    expect(planWaves(hosts, { serial: [], first: ['d', 'b'] })).toEqual([
      ['d', 'b'],
      ['a', 'c', 'e'],
    ])
    expect(planWaves(hosts, { serial: parseSerial('20%'), first: ['c'] }).flat()).toEqual([
      'c',
      'a',
      'b',
      'd',
      'e',
    ])
    expect(planWaves([], { serial: parseSerial('1') })).toEqual([])
    expect(planWaves(hosts, { serial: [], first: hosts })).toEqual([hosts])
  })

  it.each(['', '0', '0%', '101%', '-1', '1.5', 'x', '1,,2', '1,x', '10 %', '%'])('refuses "%s"', (text) => {
    expect(() => parseSerial(text)).toThrow(/--serial/)
  })

  it.each(['', '101%', '-1', '5 %', 'none'])('refuses --max-fail "%s"', (text) => {
    expect(() => parseMaxFail(text)).toThrow(/--max-fail/)
  })
})

describe('when a wave ends the run', () => {
  it.each([
    ['0', 1, 0, false],
    ['0', 1, 1, true],
    ['1', 5, 1, false],
    ['1', 5, 2, true],
    ['49%', 4, 1, false],
    ['49%', 4, 2, true],
    ['50%', 4, 2, false],
    ['50%', 4, 3, true],
    ['0%', 100, 1, true],
    ['5%', 20, 1, false],
    ['5%', 19, 1, true],
    ['100%', 3, 3, false],
  ] as const)('is, for --max-fail %s and a wave of %i with %i failures: %s', (text, size, failed, stops) => {
    expect(isStopped({ size, failed }, { type: 'more-than', share: parseMaxFail(text) })).toBe(stops)
  })

  it('is, unless told otherwise, when all of it failed', () => {
    const rule = { type: 'whole-wave' } as const
    expect([0, 1, 2].map((failed) => isStopped({ size: 2, failed }, rule))).toEqual([false, false, true])
    expect(isStopped({ size: 2, failed: 2 }, { type: 'never' })).toBe(false)
  })
})

/** Runs waves over hosts that fail or are unwell by name. */
function scene(
  names: readonly string[],
  trouble: { readonly failing?: string; readonly unwell?: string } = {},
) {
  const hosts = names.map(parseTarget)
  const events: ProgressEvent[] = []
  const acted: string[] = []
  const controller = new AbortController()
  const run = (changes: Partial<WavedWork<string>> = {}) =>
    runInWaves(
      {
        ...{ hosts, step: 'test', concurrency: 10, changesNothing: false },
        waves: { serial: parseSerial('1,2,100%'), maxFail: parseMaxFail('0'), canary: undefined },
        action: (host: FleetHost) => {
          acted.push(host.name)
          if (trouble.failing?.includes(host.name) === true)
            return Promise.reject(new ApoctlError(['APO-HOST-COMMAND', `${host.name} could not`]))
          return Promise.resolve(host.name.toUpperCase())
        },
        ...changes,
      },
      {
        signal: controller.signal,
        reporter: { report: (event) => events.push(event) },
        openHost: ({ host }) =>
          Promise.resolve({
            target: host.name,
            run: () => Promise.reject(new Error('nothing is to be run')),
            close: () => Promise.resolve(),
          }),
      },
    )
  const gate = (host: FleetHost): Promise<void> =>
    trouble.unwell?.includes(host.name) === true
      ? Promise.reject(new ApoctlError(['APO-INSTALL-UNHEALTHY', `${host.name} fell over`]))
      : Promise.resolve()
  return { run, events, acted, gate, controller }
}

describe('running in waves', () => {
  it('works on one wave after the other, says which, and tells of each host where it was', async () => {
    const { run, events, acted } = scene(['a', 'b', 'c', 'd', 'e'])
    const report = await run({ concurrency: 1 })
    expect(acted).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(events.filter(({ type }) => type === 'wave')).toEqual([
      { type: 'wave', step: 'test', number: 1, count: 3, hosts: ['a'] },
      { type: 'wave', step: 'test', number: 2, count: 3, hosts: ['b', 'c'] },
      { type: 'wave', step: 'test', number: 3, count: 3, hosts: ['d', 'e'] },
    ])
    expect(report.hosts.map(({ wave }) => wave)).toEqual([1, 2, 2, 3, 3])
    expect(report.waves).toEqual([
      { number: 1, hosts: 'a', hostCount: 1, failed: 0, outcome: 'done' },
      { number: 2, hosts: 'b, c', hostCount: 2, failed: 0, outcome: 'done' },
      { number: 3, hosts: 'd, e', hostCount: 2, failed: 0, outcome: 'done' },
    ])
    expect(exitCodeOfFleet(report)).toBe(0)
  })

  it('does not attempt the rest when too many of a wave fail, and says why', async () => {
    const { run, acted } = scene(['a', 'b', 'c', 'd', 'e'], { failing: 'c' })
    const report = await run()
    expect(acted).toEqual(['a', 'b', 'c'])
    expect(report.hosts.slice(3)).toEqual([
      { host: 'd', wave: 3, outcome: 'not-attempted', reason: '1 of 2 host(s) of wave 2 failed' },
      { host: 'e', wave: 3, outcome: 'not-attempted', reason: '1 of 2 host(s) of wave 2 failed' },
    ])
    expect(report.waves.map(({ outcome }) => outcome)).toEqual(['done', 'stopped', 'not-attempted'])
    expect(report.failures).toMatchObject([{ hosts: 'c' }])
    expect(exitCodeOfFleet(report)).toBe(5)
  })

  it('goes on where no more failed than may, and ends with the code of the failures where nobody did well', async () => {
    const tolerant = scene(['a', 'b', 'c', 'd'], { failing: 'b' })
    const waves = { serial: parseSerial('2'), maxFail: parseMaxFail('50%'), canary: undefined }
    expect((await tolerant.run({ waves })).waves.map(({ outcome }) => outcome)).toEqual(['done', 'done'])
    const all = await scene(['a', 'b', 'c'], { failing: 'abc' }).run()
    expect(all.hosts.map(({ outcome }) => outcome)).toEqual(['failed', 'not-attempted', 'not-attempted'])
    expect(exitCodeOfFleet(all)).toBe(1)
  })

  it('counts a host whose answer is bad as failed', async () => {
    const { run, acted } = scene(['a', 'b'])
    await run({ ending: (value) => (value === 'A' ? 'failed' : 'done') })
    expect(acted).toEqual(['a'])
  })

  it('asks after each wave whether its hosts are well, and counts those that are not as failed', async () => {
    const { run, gate, acted, events } = scene(['a', 'b', 'c', 'd'], { unwell: 'b' })
    const report = await run({ gate })
    expect(acted).toEqual(['a', 'b', 'c'])
    expect(report.hosts).toMatchObject([
      { host: 'a', outcome: 'ok' },
      { host: 'b', outcome: 'failed', wave: 2, error: { code: 'APO-INSTALL-UNHEALTHY' } },
      { host: 'c', outcome: 'ok' },
      { host: 'd', outcome: 'not-attempted' },
    ])
    expect(events).toContainEqual({ type: 'started', subject: 'a', step: 'check that all is well' })
  })

  it('does not ask the hosts that failed whether they are well', async () => {
    const asked: string[] = []
    const { run } = scene(['a', 'b', 'c'], { failing: 'b' })
    await run({ gate: ({ name }) => Promise.resolve(void asked.push(name)) })
    expect(asked).toEqual(['a', 'c'])
  })

  it('looks at every host where nothing is changed, whoever fails', async () => {
    const { run, acted } = scene(['a', 'b', 'c'], { failing: 'abc' })
    await run({ changesNothing: true })
    expect(acted).toEqual(['a', 'b', 'c'])
  })

  it('begins with the canaries', async () => {
    const { run } = scene(['a', 'b', 'c'])
    const hosts = ['a', 'b', 'c'].map(parseTarget)
    const report = await run({
      hosts,
      canaries: hosts.slice(2),
      waves: { serial: [], maxFail: undefined, canary: 'diverse' },
    })
    expect(report.hosts.map(({ host, wave }) => `${host}${wave}`)).toEqual(['c1', 'a2', 'b2'])
  })

  it('begins no wave after Ctrl-C, nor after a bug', async () => {
    const { run, acted, controller } = scene(['a', 'b'])
    const stopped = run({
      action: ({ name }) => {
        acted.push(name)
        controller.abort(new Error('Ctrl-C'))
        return Promise.resolve(name)
      },
    })
    await expect(stopped).rejects.toThrow('Ctrl-C')
    expect(acted).toEqual(['a'])
    const bug = scene(['a', 'b'])
    await expect(bug.run({ action: () => Promise.reject(new TypeError('a bug')) })).rejects.toThrow(TypeError)
  })
})
