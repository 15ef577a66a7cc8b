import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { DeadlinePassed, startDeadline, withDeadline } from '../../../src/lib/async/deadline.ts'
import { sleep } from '../../../src/lib/async/sleep.ts'

describe('withDeadline', () => {
  it('aborts what takes too long, and says that it was the time', async () => {
    const late = withDeadline({ timeoutMs: 10 }, (signal) => sleep(5000, { signal }))
    await expect(late).rejects.toThrow(DeadlinePassed)
  })

  it('aborts with the reason of the parent', async () => {
    const parent = new AbortController()
    const work = withDeadline({ timeoutMs: 5000, signal: parent.signal }, (signal) => sleep(5000, { signal }))
    parent.abort(new Error('Ctrl-C'))
    await expect(work).rejects.toThrow('Ctrl-C')
  })

  it('does not start when the parent has aborted already', async () => {
    const work = withDeadline({ timeoutMs: 5000, signal: AbortSignal.abort(new Error('over')) }, () =>
      Promise.reject(new Error('it ran')),
    )
    await expect(work).rejects.toThrow('over')
  })

  it('leaves no listener on a parent that lives on', async () => {
    const parent = new AbortController()
    for (let n = 0; n < 20; n += 1)
      await withDeadline({ timeoutMs: 5000, signal: parent.signal }, () => Promise.resolve())
    expect(getEventListeners(parent.signal, 'abort')).toHaveLength(0)
  })

  it('knows whether the time or the parent ended it', () => {
    const parent = new AbortController()
    const deadline = startDeadline(5000, parent.signal)
    parent.abort(new Error('stop'))
    expect(deadline.signal.aborted).toBe(true)
    expect(deadline.passed).toBe(false)
    deadline.clear()
  })
})

describe('sleep', () => {
  it('rejects with the reason of the signal and not with a wrapper', async () => {
    const reason = new Error('mine')
    const stop = new AbortController()
    const sleeping = sleep(5000, { signal: stop.signal })
    stop.abort(reason)
    await expect(sleeping).rejects.toBe(reason)
  })

  it('takes a wait longer than a timer can count as for ever', async () => {
    const stop = new AbortController()
    let woke = false
    const sleeping = sleep(2 ** 40, { signal: stop.signal }).finally(() => (woke = true))
    await sleep(20)
    expect(woke).toBe(false)
    stop.abort(new Error('enough'))
    await expect(sleeping).rejects.toThrow('enough')
  })
})
