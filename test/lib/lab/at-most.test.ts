import { expect, test } from 'vitest'
import { setTimeout as wait } from 'node:timers/promises'
import { atMost } from '../../../src/lib/lab/at-most.ts'

test('no more than the limit run at a time, and results keep the order of the items', async () => {
  let running = 0
  let most = 0
  const results = await atMost({ items: [30, 5, 20, 1, 10], limit: 2 }, async (ms) => {
    running += 1
    most = Math.max(most, running)
    await wait(ms)
    running -= 1
    return ms * 2
  })
  expect(results).toEqual([60, 10, 40, 2, 20])
  expect(most).toBe(2)
})

test('after a failure nothing new is begun, and what runs is waited for', async () => {
  const done: number[] = []
  const all = atMost({ items: [1, 2, 3, 4], limit: 2 }, async (item) => {
    if (item === 1) throw new Error('one')
    await wait(10)
    done.push(item)
  })
  await expect(all).rejects.toThrow('one')
  expect(done).toEqual([2])
})
