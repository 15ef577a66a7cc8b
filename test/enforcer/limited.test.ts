import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TrafficLimits } from '../../src/console/traffic/traffic-limits.ts'
import { enforcers } from '../../src/lib/api/endpoints/enforcers.ts'
import type { ConsoleClient } from '../../src/lib/api/console-client.ts'
import { callConsole, startTestConsole, type TestConsole } from '../helpers/console.ts'
import {
  administrate,
  makeHost,
  registrationToken,
  type EnforcerHost,
  type RunningEnforcer,
} from './enforcer-host.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let console: TestConsole
let admin: ConsoleClient
const hosts: EnforcerHost[] = []
const running: RunningEnforcer[] = []

afterEach(async () => {
  for (const each of running.splice(0)) await each.stop().catch(() => undefined)
  await admin.close()
  await console.close()
  for (const host of hosts.splice(0)) await host.remove()
})

async function serve(traffic: Partial<TrafficLimits>): Promise<void> {
  console = await startTestConsole({ traffic })
  admin = await administrate(console)
}
async function start(settings: Record<string, string> = {}): Promise<RunningEnforcer> {
  const host = await makeHost()
  hosts.push(host)
  await host.configure({
    ENFORCERD_API: console.url,
    ENFORCERD_API_CACERT: console.caPath,
    ENFORCERD_TOKEN: await registrationToken(console),
    ...settings,
  })
  const enforcer = host.start()
  running.push(enforcer)
  return enforcer
}
const eventually = (check: () => Promise<void> | void) =>
  vi.waitFor(check, { timeout: 30_000, interval: 100 })
const count = (enforcer: RunningEnforcer, text: string): number =>
  enforcer.lines.filter((line) => line.includes(text)).length
const statuses = async (): Promise<readonly unknown[]> => {
  const all: unknown[] = []
  for await (const { operationalStatus } of enforcers(admin).list()) all.push(operationalStatus)
  return all
}

describe('an enforcer of a Console that limits it', () => {
  beforeEach(() => serve({ requestsPerSecond: 2, maxEventSocketsPerToken: 1 }))

  it('waits as long as it is told, keeps its event socket, and stays connected', async () => {
    const enforcer = await start({ ENFORCERD_POKE_INTERVAL: '20ms' })
    await eventually(() => {
      expect(count(enforcer, 'could send the heartbeat at last')).toBeGreaterThan(2)
    })
    expect(enforcer.lines.join('\n')).toContain('at most 2 requests a second of one client')
    expect(count(enforcer, 'event socket open')).toBe(1)
    expect(count(enforcer, 'event socket closed')).toBe(0)
    expect(await statuses()).toEqual(['Connected'])
    // It was refused often, and that is said once.
    const limited = console.notes.filter(({ type }) => type === 'limit-reached')
    expect(limited).toHaveLength(1)
    const tries = enforcer.lines
      .filter((line) => line.includes('could send the heartbeat at last'))
      .map((line) => Number(/failures\W+(\d+)/.exec(line)?.[1]))
    // After a wait of a second there is room, at the latest when others took the first: tries in between are in vain.
    expect(Math.max(...tries)).toBeLessThanOrEqual(2)
  })
})

describe('enforcers behind the address of somebody who floods the Console', () => {
  beforeEach(() => serve({ anonymousRequestsPerSecond: 1 }))

  it('log in, and connect', async () => {
    const flood = async (): Promise<number> =>
      (await callConsole(console, { path: '/healthchecks' }).catch(() => undefined))?.status ?? 0
    for (let request = 0; request < 15; request++) await flood()
    expect(await flood()).toBe(429)
    const stop = new AbortController()
    const flooding = (async () => {
      while (!stop.signal.aborted) await flood()
    })()
    await Promise.all([start(), start(), start()])
    await eventually(async () => expect(await statuses()).toEqual(['Connected', 'Connected', 'Connected']))
    stop.abort()
    await flooding
    for (const enforcer of running) expect(enforcer.lines.join('\n')).not.toContain('APO-API-UNAVAILABLE')
  })
})
