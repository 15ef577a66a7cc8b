import { afterEach, describe, expect, it } from 'vitest'
import type { TrafficLimits } from '../../../src/console/traffic/traffic-limits.ts'
import { enforcers } from '../../../src/lib/api/endpoints/enforcers.ts'
import { readHealth } from '../../../src/lib/api/endpoints/healthchecks.ts'
import { followEvents } from '../../../src/lib/api/events/follow-events.ts'
import type { ConsoleClient } from '../../../src/lib/api/console-client.ts'
import { toLoginCredential } from '../../../src/lib/api/login-credential.ts'
import { openConsole } from '../../../src/lib/api/open-console.ts'
import { systemClock } from '../../../src/lib/async/clock.ts'
import { startTestConsole, type TestConsole } from '../../helpers/console.ts'

let server: TestConsole
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await server.close()
})

async function serve(traffic: Partial<TrafficLimits>): Promise<void> {
  server = await startTestConsole({ traffic })
}
/** With the waits that it made, of a tenth of a second or more. */
function connect(): { readonly client: ConsoleClient; readonly waits: readonly number[] } {
  const waits: number[] = []
  const sleep: typeof systemClock.sleep = (ms, how) => {
    if (ms >= 100) waits.push(ms)
    return systemClock.sleep(ms, how)
  }
  const login = { kind: 'app-credential', credential: toLoginCredential(server.adminCredential) } as const
  const world = { clock: { ...systemClock, sleep }, random: () => 0 }
  const client = openConsole({ api: server.url, namespace: '/', login }, world)
  closing.push(() => client.close())
  return { client, waits }
}
const limited = (): number => server.notes.filter(({ type }) => type === 'limit-reached').length

describe('a client that asks for too much', () => {
  it('waits as long as Retry-After says, and then gets what it asked for', async () => {
    await serve({ requestsPerSecond: 2 })
    const { client, waits } = connect()
    for (let request = 0; request < 24; request++) expect(await enforcers(client).count()).toBe(0)
    expect(waits.length).toBeGreaterThan(0)
    expect(new Set(waits)).toEqual(new Set([1000]))
    expect(limited()).toBe(1)
  })

  it('makes nothing twice, whatever is refused in between, and however long it is', async () => {
    await serve({ requestsPerSecond: 2 })
    const { client, waits } = connect()
    const description = 'x'.repeat(1000)
    const tags = Array.from({ length: 300 }, (_, index) => `tag${index}=${'x'.repeat(1000)}`)
    for (let index = 0; index < 24; index++)
      await enforcers(client).create({ name: `n${index}`, FQDN: 'f', description, associatedTags: tags })
    expect(waits.length).toBeGreaterThan(0)
    expect(await enforcers(client).count()).toBe(24)
  })

  it('waits with a login as well', async () => {
    await serve({ anonymousRequestsPerSecond: 1 })
    const all = Array.from({ length: 12 }, connect)
    await Promise.all(all.map(({ client }) => enforcers(client).count()))
    expect(all.flatMap(({ waits }) => waits).length).toBeGreaterThanOrEqual(2)
  })

  it('and others hear that the Console is healthy', async () => {
    await serve({ requestsPerSecond: 1 })
    const { client } = connect()
    const many = Promise.all(Array.from({ length: 12 }, () => enforcers(client).count()))
    expect(await readHealth(connect().client)).toMatchObject({ condition: 'operational' })
    await many
  })
})

describe('listeners of one token', () => {
  const listen = (client: ConsoleClient) => {
    const stop = new AbortController()
    const notices = followEvents(
      { selection: {} },
      { console: client, clock: systemClock, signal: stop.signal },
    )
    closing.push(() => stop.abort(new Error('the test is over')))
    return { stop, next: () => notices.next() }
  }

  it('beyond their number wait until there is room, and hear everything from then on', async () => {
    await serve({ maxEventSocketsPerToken: 2 })
    const { client } = connect()
    const [first, second, third] = [listen(client), listen(client), listen(client)]
    const connected = { done: false, value: { kind: 'connected' } }
    expect(await Promise.all([first.next(), second.next()])).toEqual([connected, connected])
    const [late, waiting] = [third.next(), third.next()]
    await expect.poll(limited).toBe(1)
    // Longer than the waits of somebody who was not told anything.
    await systemClock.sleep(1000)
    first.stop.abort(new Error('enough'))
    await expect(first.next()).rejects.toThrow('enough')
    expect((await late).value).toMatchObject({
      kind: 'waiting',
      forMs: 10_000,
      reason: expect.stringContaining('at most 2 event sockets of one token'),
    })
    expect(await waiting).toEqual(connected)
    await enforcers(client).create({ name: 'web', FQDN: 'web' })
    for (const listener of [second, third])
      expect((await listener.next()).value).toMatchObject({ event: { identity: 'enforcer', type: 'create' } })
  }, 20_000)
})
