import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../src/lib/errors/apoctl-error.ts'
import type { FleetHost } from '../../../src/lib/fleet/fleet-host.ts'
import { exitCodeOfFleet, fleetExitCode } from '../../../src/lib/fleet/fleet-report.ts'
import { openHost, type OpenHostContext } from '../../../src/lib/fleet/open-host.ts'
import { parseTarget } from '../../../src/lib/fleet/parse-target.ts'
import { runOnFleet, type FleetWork, type HostContext } from '../../../src/lib/fleet/run-on-fleet.ts'
import type { ProgressEvent } from '../../../src/lib/progress/progress-event.ts'
import type { Transport } from '../../../src/lib/transports/transport.ts'
import { sshContext } from '../../helpers/connect-to.ts'
import { freePort, startSshd, type TestSshd } from '../../helpers/sshd.ts'

/** A transport that runs nothing and counts how often it is closed. */
class StrictTransport implements Transport {
  readonly target: string
  closed = 0
  constructor(target: string) {
    this.target = target
  }
  run(): Promise<never> {
    return Promise.reject(new Error('nothing is to be run here'))
  }
  close(): Promise<void> {
    this.closed += 1
    return Promise.resolve()
  }
}

function fleet(names: readonly string[]) {
  const transports: StrictTransport[] = []
  const events: ProgressEvent[] = []
  const controller = new AbortController()
  const hosts = names.map(parseTarget)
  const run = <Value>(
    action: (host: FleetHost, context: HostContext) => Promise<Value>,
    changes: Partial<FleetWork<Value>> = {},
  ) =>
    runOnFleet(
      { hosts, action, step: 'test', concurrency: 10, ...changes },
      {
        signal: controller.signal,
        reporter: { report: (event) => events.push(event) },
        openHost: ({ host }) => {
          const transport = new StrictTransport(host.name)
          transports.push(transport)
          return Promise.resolve(transport)
        },
      },
    )
  const allClosed = () => transports.every(({ closed }) => closed === 1)
  return { run, transports, events, controller, allClosed }
}

const hang = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))

describe('one action over many hosts', () => {
  it('returns what became of each, in the order they were named', async () => {
    const { run, allClosed, events } = fleet(['a', 'b', 'c'])
    const report = await run(async (host) => {
      await new Promise((resolve) => setTimeout(resolve, host.name === 'a' ? 30 : 0))
      if (host.name === 'b') throw new ApoctlError(['APO-HOST-COMMAND', 'b could not'])
      return host.name.toUpperCase()
    })
    expect(report.hosts).toMatchObject([
      { host: 'a', outcome: 'ok', value: 'A' },
      { host: 'b', outcome: 'failed', error: { code: 'APO-HOST-COMMAND', message: 'b could not' } },
      { host: 'c', outcome: 'ok', value: 'C' },
    ])
    expect(allClosed()).toBe(true)
    expect(events.filter(({ type }) => type === 'finished')).toHaveLength(3)
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  it('works on no more hosts at once than allowed', async () => {
    const { run } = fleet(Array.from({ length: 20 }, (_, index) => `h${index}`))
    let [now, most] = [0, 0]
    await run(
      async () => {
        now += 1
        most = Math.max(most, now)
        await new Promise((resolve) => setTimeout(resolve, 5))
        now -= 1
      },
      { concurrency: 4 },
    )
    expect(most).toBe(4)
  })

  it('lets a host that hangs cost that host alone, also when it ignores its signal', async () => {
    const { run } = fleet(['deaf', 'slow', 'fine'])
    const started = performance.now()
    const report = await run(
      (host, { signal }) => {
        if (host.name === 'deaf') return new Promise<string>(() => undefined)
        return host.name === 'slow' ? hang(signal) : Promise.resolve('ok')
      },
      { hostTimeoutMs: 100, graceMs: 100 },
    )
    expect(performance.now() - started).toBeLessThan(1000)
    expect(report.hosts.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'ok'])
    expect(report.hosts[0]).toMatchObject({ error: { code: 'APO-HOST-TIMEOUT' } })
  })

  it('stops everything on Ctrl-C, lets actions tidy up, closes connections, and starts nothing more', async () => {
    const { run, controller, allClosed, transports } = fleet(['a', 'b', 'c', 'd'])
    const tidied: string[] = []
    const attempt = run(
      async (host, { signal }) => {
        try {
          return await hang(signal)
        } finally {
          await new Promise((resolve) => setTimeout(resolve, 50))
          tidied.push(host.name)
        }
      },
      { concurrency: 2 },
    )
    setTimeout(() => controller.abort(new Error('Ctrl-C')), 50)
    await expect(attempt).rejects.toThrow('Ctrl-C')
    expect(tidied).toEqual(['a', 'b'])
    expect(transports).toHaveLength(2)
    expect(allClosed()).toBe(true)
  })

  it('passes on a bug, after the other hosts are done', async () => {
    const { run, allClosed } = fleet(['a', 'b'])
    const done: string[] = []
    const attempt = run(async (host) => {
      if (host.name === 'a') throw new TypeError('a bug')
      await new Promise((resolve) => setTimeout(resolve, 20))
      done.push(host.name)
    })
    await expect(attempt).rejects.toThrow(TypeError)
    expect(done).toEqual(['b'])
    expect(allClosed()).toBe(true)
  })

  it('groups failures by cause and folds the names', async () => {
    const { run } = fleet(['web1:22', 'web2:22', 'web3:22', 'db'])
    const report = await run((host) => {
      const code = host.name === 'db' ? 'APO-SSH-AUTH' : 'APO-SSH-UNREACHABLE'
      const hints = [`${host.name} is as it was.`]
      return Promise.reject(new ApoctlError([code, `root@${host.name} cannot be reached`], { hints }))
    })
    expect(report.failures).toMatchObject([
      {
        code: 'APO-SSH-UNREACHABLE',
        message: 'HOST cannot be reached',
        hints: ['HOST is as it was.'],
        hosts: 'web[1-3]:22',
        hostCount: 3,
      },
      { code: 'APO-SSH-AUTH', message: 'root@db cannot be reached', hosts: 'db', hostCount: 1 },
    ])
    expect(exitCodeOfFleet(report)).toBe(1)
  })

  it.each([
    [[0, 0], 0],
    [[4, 4], 4],
    [[3], 3],
    [[0, 4], 5],
    [[0, 1, 4], 5],
    [[1, 4], 1],
    [[], 0],
  ] as const)('turns the exit codes %j of hosts into %i', (codes, code) => {
    expect(fleetExitCode(codes)).toBe(code)
  })
})

describe('opening hosts', () => {
  let host: TestSshd
  beforeAll(async () => {
    host = await startSshd({
      users: [{ name: 'free', sudo: 'ALL=(ALL) NOPASSWD: ALL' }, { name: 'poor' }],
    })
  })
  afterAll(() => host.stop())

  const contextOf = (become: Partial<OpenHostContext['become']> = {}): OpenHostContext => ({
    local: { environment: { PATH: '/usr/bin:/bin' }, isRoot: true },
    ssh: sshContext([host]),
    become: { method: 'auto', required: false, ...become },
  })
  const uid = async (user: string, context: OpenHostContext) => {
    const target = { ...parseTarget(`${user}@127.0.0.1:${host.port}`), identityFile: host.clientKey }
    const transport = await openHost({ host: target, signal: new AbortController().signal }, context)
    try {
      return (await transport.run({ command: 'id -u' })).stdout.toString().trim()
    } finally {
      await transport.close()
    }
  }

  it('is root where it logs in as root or may become it, and itself elsewhere', async () => {
    expect(await uid('root', contextOf())).toBe('0')
    expect(await uid('free', contextOf())).toBe('0')
    expect(await uid('free', contextOf({ method: 'none' }))).not.toBe('0')
    expect(await uid('poor', contextOf())).not.toBe('0')
  })

  it('refuses a host where root is needed and cannot be had', async () => {
    await expect(uid('poor', contextOf({ required: true }))).rejects.toMatchObject({
      code: 'APO-HOST-PRIVILEGE',
    })
  })

  it('mixes good and bad hosts, where each costs itself alone', async () => {
    const gone = await freePort()
    const context = contextOf()
    const hosts = [`root@127.0.0.1:${host.port}`, `root@127.0.0.1:${gone}`, 'no-such-host.invalid']
      .map(parseTarget)
      .map((target) => ({ ...target, identityFile: host.clientKey }))
    const report = await runOnFleet(
      {
        hosts,
        step: 'test',
        concurrency: 10,
        action: async (_, { transport }) => (await transport.run({ command: 'echo hi' })).stdout.toString(),
      },
      {
        signal: new AbortController().signal,
        reporter: { report: () => undefined },
        openHost: (request) => openHost(request, context),
      },
    )
    expect(report.hosts.map(({ outcome }) => outcome)).toEqual(['ok', 'failed', 'failed'])
    expect(exitCodeOfFleet(report)).toBe(5)
  })
})
