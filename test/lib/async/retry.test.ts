import { describe, expect, it } from 'vitest'
import { backoffMs, retry, type RetryVerdict } from '../../../src/lib/async/retry.ts'

function world(random = 1) {
  const slept: number[] = []
  return {
    slept,
    random: () => random,
    clock: {
      sleep: (ms: number) => {
        slept.push(ms)
        return Promise.resolve()
      },
    },
  }
}
const again = (): RetryVerdict => ({ retry: true })

describe('backoffMs', () => {
  it('doubles its bound with each attempt and stops at the cap', () => {
    const bounds = [1, 2, 3, 4, 5, 500].map((n) => backoffMs(n, { baseMs: 100, capMs: 900, random: () => 1 }))
    expect(bounds).toEqual([100, 200, 400, 800, 900, 900])
  })

  it('spreads over the whole of the bound', () => {
    expect(backoffMs(3, { baseMs: 100, capMs: 900, random: () => 0 })).toBe(0)
    expect(backoffMs(3, { baseMs: 100, capMs: 900, random: () => 0.5 })).toBe(200)
  })
})

describe('retry', () => {
  it('runs again after a failure that is judged worth it, and tells how long it waits', async () => {
    const here = world()
    const told: number[] = []
    const result = await retry(
      (attempt) => (attempt < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve(attempt)),
      {
        ...here,
        attempts: 5,
        baseMs: 10,
        capMs: 1000,
        judge: again,
        onRetry: ({ delayMs }) => told.push(delayMs),
      },
    )
    expect(result).toBe(3)
    expect(here.slept).toEqual([10, 20])
    expect(told).toEqual([10, 20])
  })

  it('throws the last failure when the attempts are used up', async () => {
    let runs = 0
    const failing = retry(() => Promise.reject(new Error(`run ${(runs += 1)}`)), {
      ...world(),
      attempts: 3,
      baseMs: 1,
      capMs: 1,
      judge: again,
    })
    await expect(failing).rejects.toThrow('run 3')
  })

  it('gives up at once on what is judged hopeless', async () => {
    const here = world()
    const failing = retry(() => Promise.reject(new Error('wrong')), {
      ...here,
      attempts: 3,
      baseMs: 1,
      capMs: 1,
      judge: () => ({ retry: false }),
    })
    await expect(failing).rejects.toThrow('wrong')
    expect(here.slept).toEqual([])
  })

  it('waits at least as long as it was told', async () => {
    const here = world(0)
    await retry((n) => (n === 1 ? Promise.reject(new Error('busy')) : Promise.resolve()), {
      ...here,
      attempts: 2,
      baseMs: 1,
      capMs: 1,
      judge: () => ({ retry: true, afterMs: 700 }),
    })
    expect(here.slept).toEqual([700])
  })

  it('waits its own time beyond what it was told: others were told the same', async () => {
    const here = world(0.5)
    await retry((n) => (n === 1 ? Promise.reject(new Error('busy')) : Promise.resolve()), {
      ...here,
      attempts: 2,
      baseMs: 200,
      capMs: 200,
      judge: () => ({ retry: true, afterMs: 700 }),
    })
    expect(here.slept).toEqual([800])
  })

  it('does not begin to wait for what comes too late', async () => {
    const here = world()
    const failing = retry(() => Promise.reject(new Error('busy')), {
      ...here,
      attempts: 2,
      baseMs: 200,
      capMs: 200,
      judge: () => ({ retry: true, afterMs: 700 }),
      remainingMs: () => 899,
    })
    await expect(failing).rejects.toThrow('busy')
    expect(here.slept).toEqual([])
  })

  it('ends with the reason of the signal, whatever the failure was', async () => {
    const stop = new AbortController()
    const failing = retry(
      () => {
        stop.abort(new Error('told to stop'))
        return Promise.reject(new Error('something else'))
      },
      { ...world(), attempts: 9, baseMs: 1, capMs: 1, judge: again, signal: stop.signal },
    )
    await expect(failing).rejects.toThrow('told to stop')
  })
})
