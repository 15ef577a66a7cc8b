import { describe, expect, it } from 'vitest'
import { createLiveness } from '../../../src/enforcer/notify/liveness.ts'
import { persevere } from '../../../src/enforcer/session/persevere.ts'
import type { SessionWorld } from '../../../src/enforcer/session/session-world.ts'
import { RefusedByConsole, translateApiError } from '../../../src/lib/api/errors.ts'
import { ApoctlError } from '../../../src/lib/errors/apoctl-error.ts'

function world(signal = new AbortController().signal) {
  let nowMs = 0
  const said: string[] = []
  const say = (level: string) => (event: string) => void said.push(`${level} ${event}`)
  const liveness = createLiveness({ monotonicMs: () => nowMs })
  const made: SessionWorld & { said: string[]; statuses: string[] } = {
    said,
    statuses: [],
    signal,
    random: () => 1,
    backoff: { baseMs: 1000, capMs: 60_000 },
    liveness,
    clock: {
      nowMs: () => nowMs,
      monotonicMs: () => nowMs,
      sleep(ms) {
        nowMs += ms
        // Nobody may be overdue at the end of a wait that was announced.
        expect(liveness.overdue()).toEqual([])
        return Promise.resolve()
      },
    },
    log: {
      trace: say('trace'),
      debug: say('debug'),
      info: say('info'),
      warn: say('warn'),
      error: say('error'),
    },
    status: (text) => void made.statuses.push(text),
  }
  return made
}
const down = new ApoctlError(['APO-API-UNREACHABLE', 'nobody there'])
const failing = (times: number, error: Error = down) => {
  let runs = 0
  return () => ((runs += 1) > times ? Promise.resolve(runs) : Promise.reject(error))
}

describe('persevere', () => {
  it('tries for as long as it takes, slower and slower up to the cap', async () => {
    const here = world()
    expect(await persevere({ name: 'work', stuckAfterMs: 1, attempt: failing(500) }, here)).toBe(501)
    // 1 + 2 + 4 + 8 + 16 + 32 seconds, then a minute each
    expect(here.clock.nowMs()).toBe(63_000 + (500 - 6) * 60_000)
  })

  it.each([
    ['as long as the Console asks for, and its own wait on top', '7', 7_000 + 1_000],
    ['not for years, whatever it is told', '999999999', 300_000 + 1_000],
  ])('waits %s', async (_how, retryAfter, waitedMs) => {
    const answer = {
      status: 429,
      headers: new Map([['retry-after', retryAfter]]),
      body: Buffer.from('[{"code":429}]'),
    }
    const about = { what: 'GET /x', api: 'https://console' }
    const refused = translateApiError(new RefusedByConsole(answer), about) as Error
    const here = world()
    await persevere({ name: 'work', stuckAfterMs: 1, attempt: failing(1, refused) }, here)
    expect(here.clock.nowMs()).toBe(waitedMs)
  })

  it('says a lasting failure rarely, and the recovery once', async () => {
    const here = world()
    await persevere({ name: 'work', stuckAfterMs: 1, attempt: failing(500) }, here)
    expect(here.said.filter((line) => line === 'warn cannot work')).toHaveLength(1 + 25)
    expect(here.said.filter((line) => line === 'info could work at last')).toHaveLength(1)
  })

  it('says a failure of another kind at once', async () => {
    const here = world()
    let runs = 0
    const attempt = () => {
      runs += 1
      if (runs === 4) return Promise.resolve()
      return Promise.reject(runs === 3 ? new ApoctlError(['APO-API-AUTH', 'who are you']) : down)
    }
    await persevere({ name: 'work', stuckAfterMs: 1, attempt }, here)
    expect(here.statuses).toEqual([
      'Cannot work: APO-API-UNREACHABLE nobody there',
      'Cannot work: APO-API-AUTH who are you',
    ])
  })

  it('throws what is hopeless', async () => {
    const work = persevere(
      { name: 'work', stuckAfterMs: 1, attempt: failing(9), hopeless: () => true },
      world(),
    )
    await expect(work).rejects.toBe(down)
  })

  it('stops when told to, with the reason it was told', async () => {
    const stop = new AbortController()
    const here = world(stop.signal)
    const attempt = () => {
      stop.abort(new Error('SIGTERM'))
      return Promise.reject(down)
    }
    await expect(persevere({ name: 'work', stuckAfterMs: 1, attempt }, here)).rejects.toThrow('SIGTERM')
    expect(here.liveness.overdue()).toEqual([])
  })
})
