import { describe, expect, it } from 'vitest'
import { firstOf } from '../../../src/lib/async/first-of.ts'

/** Waits until it is told to stop, and then takes a moment to do so. */
function slow(log: string[]): (signal: AbortSignal) => Promise<string> {
  return (signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        setTimeout(() => {
          log.push('stopped')
          reject(signal.reason as Error)
        }, 20)
      })
    })
}
const { signal } = new AbortController()

describe('firstOf', () => {
  it('takes the first result, when the others have stopped', async () => {
    const log: string[] = []
    expect(await firstOf([slow(log), () => Promise.resolve('first')], { signal })).toBe('first')
    expect(log).toEqual(['stopped'])
  })

  it('takes an error in the same way', async () => {
    const log: string[] = []
    const failing = (): Promise<string> => Promise.reject(new Error('no'))
    await expect(firstOf([slow(log), failing], { signal })).rejects.toThrow('no')
    expect(log).toEqual(['stopped'])
  })

  it('stops all with the reason of the signal, also when that aborted before', async () => {
    const controller = new AbortController()
    const running = firstOf([slow([]), slow([])], controller)
    controller.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    const late = (inner: AbortSignal): Promise<never> => Promise.reject(inner.reason as Error)
    await expect(firstOf([late], controller)).rejects.toThrow('enough')
  })
})
