import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { TokenClaims } from '../../../src/console/auth/claims.ts'
import type { Call } from '../../../src/console/call.ts'
import { RefusedRequest } from '../../../src/console/refused-request.ts'
import { addressGroup } from '../../../src/console/traffic/address-group.ts'
import { createBuckets } from '../../../src/console/traffic/buckets.ts'
import { createLimitNotes } from '../../../src/console/traffic/limit-notes.ts'
import { createTally } from '../../../src/console/traffic/tally.ts'
import { usualTraffic, type TrafficLimits } from '../../../src/console/traffic/traffic-limits.ts'
import { createTraffic } from '../../../src/console/traffic/traffic.ts'
import type { ConsoleNote, ConsoleWorld } from '../../../src/console/world.ts'

const refusalOf = (action: () => unknown): RefusedRequest => {
  try {
    action()
  } catch (error) {
    if (error instanceof RefusedRequest) return error
    throw error
  }
  throw new Error('it was not refused')
}
const claims = (sub: string, jti = sub): TokenClaims => ({
  realm: 'oidc',
  data: {},
  sub,
  jti,
  iss: '',
  iat: 0,
  exp: 0,
})

const callOf = (sub: string): Pick<Call, 'caller' | 'client'> => {
  const principal = { claims: claims(sub), key: sub, credentialId: '', grants: () => [] }
  return { caller: { principal, reach: 'all' }, client: { address: '192.0.2.1' } }
}

/** What is left when everything that can go has gone. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}

function makeWorld() {
  const notes: ConsoleNote[] = []
  const time = { now: 1_000_000 }
  const world: ConsoleWorld = { clock: { nowMs: () => time.now }, note: (note) => void notes.push(note) }
  return { notes, time, world }
}
function start(limits: Partial<TrafficLimits>) {
  const made = makeWorld()
  return { ...made, traffic: createTraffic({ ...usualTraffic, ...limits }, made.world) }
}

describe('a bucket', () => {
  it('lets a burst pass, and then as many as fill it', () => {
    let now = 0
    const buckets = createBuckets({ perSecond: 10, burstSeconds: 2, nowMs: () => now })
    for (let count = 0; count < 20; count++) expect(buckets.take('a')).toBe(0)
    expect(buckets.take('a')).toBeCloseTo(100)
    expect(buckets.take('b')).toBe(0)
    now += 50
    expect(buckets.take('a')).toBeCloseTo(50)
    now += 50
    expect([buckets.take('a'), buckets.take('a') > 0]).toEqual([0, true])
    now += 3_600_000
    let passed = 0
    while (buckets.take('a') === 0) passed++
    expect(passed).toBe(20)
  })

  it('lets pass whoever waits as long as it was told, and nobody who comes before', () => {
    let now = 0
    const buckets = createBuckets({ perSecond: 3, burstSeconds: 1, nowMs: () => now })
    while (buckets.take('a') === 0);
    for (let round = 0; round < 50; round++) {
      const waitMs = buckets.take('a')
      now += waitMs - 1
      expect(buckets.take('a')).toBeGreaterThan(0)
      now += 1.001
      expect(buckets.take('a')).toBe(0)
    }
  })

  it('neither leaks nor locks anybody out when the clock goes back', () => {
    let now = 1_000_000
    const buckets = createBuckets({ perSecond: 1, burstSeconds: 1, nowMs: () => now })
    expect(buckets.take('a')).toBe(0)
    now = 0
    expect(buckets.take('a')).toBe(1000)
    now = 1000
    expect(buckets.take('a')).toBe(0)
  })

  it('of rate zero has no limit', () => {
    const buckets = createBuckets({ perSecond: 0, burstSeconds: 10, nowMs: () => 0 })
    for (let count = 0; count < 100_000; count++) expect(buckets.take('a')).toBe(0)
  })

  it('is forgotten when too many others came, and not while it is used', () => {
    const buckets = createBuckets({ perSecond: 1, burstSeconds: 1, nowMs: () => 0 })
    expect([buckets.take('busy'), buckets.take('away')]).toEqual([0, 0])
    for (let count = 0; count < 30_000; count++) {
      buckets.take(`other ${count}`)
      if (count % 1000 === 0) buckets.take('busy')
    }
    expect([buckets.take('busy') > 0, buckets.take('away')]).toEqual([true, 0])
  })
})

describe('a tally', () => {
  it('counts what is under way, and an end only once', () => {
    const tally = createTally()
    const [one, other] = [tally.add('a'), tally.add('a')]
    expect(tally.hasRoom('a', 2)).toBe(false)
    one()
    one()
    expect([tally.hasRoom('a', 1), tally.hasRoom('a', 2)]).toEqual([false, true])
    other()
    expect(tally.hasRoom('a', 1)).toBe(true)
  })

  it('has room for any number where there is no limit', () => {
    const tally = createTally()
    for (let count = 0; count < 100; count++) tally.add('a')
    expect([tally.hasRoom('a', 0), tally.hasRoom('a', 100)]).toEqual([true, false])
  })
})

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['1::', '1:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['2001:0db8:0001::', '2001:db8:1:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['2001:db8:1:2:3:4:192.0.2.1', '2001:db8:1:2::/64'],
])('%s counts as %s', (address, group) => expect(addressGroup(address)).toBe(group))

describe('the operator', () => {
  it('hears of each client and limit once a minute', () => {
    const { notes, time, world } = makeWorld()
    const note = createLimitNotes(world)
    const reach = (): void => {
      for (let count = 0; count < 5; count++)
        for (const client of ['a', 'b']) note({ client, limit: 'too many' })
    }
    reach()
    expect(notes.splice(0)).toEqual([
      { type: 'limit-reached', client: 'a', limit: 'too many' },
      { type: 'limit-reached', client: 'b', limit: 'too many' },
    ])
    time.now += 59_999
    reach()
    expect(notes.splice(0)).toEqual([])
    time.now += 1
    reach()
    expect(notes.splice(0)).toHaveLength(2)
    time.now -= 3_600_000
    reach()
    expect(notes.splice(0)).toHaveLength(2)
  })

  it('is not flooded when there are many of them', () => {
    const { notes, world } = makeWorld()
    const note = createLimitNotes(world)
    for (let client = 0; client < 10_000; client++) note({ client: String(client), limit: 'too many' })
    expect(notes).toHaveLength(51)
    expect(notes.at(-1)).toMatchObject({ client: '50 and others' })
  })
})

describe('traffic', () => {
  it('limits a client, whatever its tokens, and says when to come back', () => {
    const { traffic, notes } = start({ requestsPerSecond: 1 })
    for (let count = 0; count < 10; count++) traffic.countClient(claims('a', `token ${count}`))
    const refused = refusalOf(() => traffic.countClient(claims('a')))
    expect([refused.status, refused.retryAfterSeconds]).toEqual([429, 1])
    traffic.countClient(claims('b'))
    const limit = 'at most 1 requests a second of one client'
    expect(notes).toEqual([{ type: 'limit-reached', limit, client: 'oidc a' }])
  })

  it('takes clients of two realms for two, and an app credential for one, whatever its certificate', () => {
    const { traffic, notes } = start({ requestsPerSecond: 1 })
    const credential = (sub: string) => ({
      ...claims(sub),
      realm: 'certificate',
      data: { commonName: 'app:x' },
    })
    for (let count = 0; count < 10; count++) traffic.countClient(credential(String(count)))
    expect(refusalOf(() => traffic.countClient(credential('renewed'))).status).toBe(429)
    traffic.countClient(claims('app:x'))
    expect(notes).toMatchObject([{ client: 'certificate app:x' }])
  })

  it('limits strangers by address, and who comes with a certificate by that', () => {
    const { traffic, notes } = start({ anonymousRequestsPerSecond: 1 })
    for (let count = 0; count < 10; count++) traffic.countStranger({ address: `2001:db8::${count}` })
    expect(refusalOf(() => traffic.countStranger({ address: '2001:db8::ffff' })).retryAfterSeconds).toBe(1)
    traffic.countStranger({ address: '2001:db8:0:1::1' })
    traffic.countStranger({ address: '2001:db8::ffff', certificate: Buffer.from('one') })
    traffic.countStranger({ address: '2001:db8::ffff', certificate: Buffer.from('other') })
    expect(notes).toMatchObject([{ client: '2001:db8:0:0::/64' }])
  })

  it('keeps next to nothing of clients that came and went', () => {
    const { traffic } = start({ anonymousRequestsPerSecond: 1 })
    const flood = (from: number): void => {
      for (let host = from; host < from + 100_000; host++) {
        const network = `2001:db8:${(host >> 16).toString(16)}:${(host & 0xffff).toString(16)}`
        const client = { address: `${network}::1` }
        traffic.countStranger(client)
        traffic.begin({ client })()
        traffic.beginReading(claims('shared', network))()
      }
    }
    flood(0)
    const before = usedBytes()
    flood(100_000)
    expect(usedBytes() - before).toBeLessThan(5_000_000)
  })

  it('limits what a client has under way', () => {
    const { traffic } = start({ maxRequestsAtOnce: 2 })
    for (const call of [callOf('a'), { client: { address: '192.0.2.1' } }]) {
      const end = traffic.begin(call)
      traffic.begin(call)
      const refused = refusalOf(() => traffic.begin(call))
      expect([refused.status, refused.retryAfterSeconds]).toEqual([429, 1])
      traffic.begin(callOf('b'))()
      end()
      traffic.begin(call)
    }
  })

  it('limits the event sockets of a token, and not those of a credential that many share', () => {
    const { traffic, notes } = start({ maxEventSocketsPerToken: 1 })
    const end = traffic.beginReading(claims('shared', 'one'))
    traffic.beginReading(claims('shared', 'other'))
    expect(refusalOf(() => traffic.beginReading(claims('shared', 'one'))).retryAfterSeconds).toBe(10)
    end()
    traffic.beginReading(claims('shared', 'one'))
    expect(notes).toMatchObject([{ client: 'oidc shared' }])
  })

  /** After the Console was away: everybody logs in, tells its state, listens, and goes on reporting. */
  it.each([
    ['credentials of their own', (enforcer: number) => `enforcer ${enforcer}`],
    ['one credential for all', () => 'enforcers'],
  ])('lets a fleet of 2,000 enforcers behind one address pass, with %s', (_what, subject) => {
    const { traffic, notes, time } = start({})
    const ends: (() => void)[] = []
    for (let enforcer = 0; enforcer < 2000; enforcer++) {
      const of = claims(subject(enforcer), `token ${enforcer}`)
      const login = { address: '192.0.2.1', certificate: Buffer.from(subject(enforcer)) }
      // All within a second.
      time.now += 0.5
      traffic.countStranger({ address: '192.0.2.1' })
      traffic.countStranger(login)
      for (let request = 0; request < 4; request++) traffic.countClient(of)
      ends.push(traffic.beginReading(of))
      if (enforcer % 2 === 0) ends.push(traffic.begin(callOf(of.sub)))
    }
    for (const end of ends) end()
    // A heartbeat of each every 10 seconds, and a report of flows.
    for (let second = 0; second < 60; second++) {
      time.now += 1000
      for (let enforcer = second % 5; enforcer < 2000; enforcer += 5)
        traffic.countClient(claims(subject(enforcer)))
    }
    expect(notes).toEqual([])
  })
})
