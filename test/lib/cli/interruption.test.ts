import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { listenForInterruption, stopCode, type Interruption } from '../../../src/lib/cli/interruption.ts'

describe('listenForInterruption', () => {
  const hardStop = vi.fn()
  let interruption: Interruption
  beforeEach(() => {
    vi.useFakeTimers()
    hardStop.mockClear()
    interruption = listenForInterruption(hardStop)
  })
  afterEach(() => {
    interruption.dispose()
    vi.useRealTimers()
  })

  it.each([
    ['SIGINT', 'interrupted', 130],
    ['SIGTERM', 'terminated', 143],
  ] as const)('asks everything to stop on %s', (signal, reason, code) => {
    expect(interruption.signal.aborted).toBe(false)
    process.emit(signal)
    expect(interruption.signal.aborted).toBe(true)
    expect(interruption.signal.reason).toMatchObject({ name: 'AbortError', message: `stopped: ${reason}` })
    expect(interruption.reason()).toBe(reason)
    expect(stopCode(reason)).toBe(code)
    expect(hardStop).not.toHaveBeenCalled()
  })

  it('stops without ceremony the second time, with the code of the first', () => {
    process.emit('SIGINT')
    process.emit('SIGTERM')
    expect(hardStop).toHaveBeenCalledExactlyOnceWith(130)
  })

  it('takes Ctrl-C from a prompt as well', () => {
    interruption.interrupt()
    expect(interruption.reason()).toBe('interrupted')
    expect(interruption.signal.aborted).toBe(true)
  })

  it('stops when the time is over', () => {
    interruption.setDeadline(1000)
    vi.advanceTimersByTime(999)
    expect(interruption.reason()).toBeUndefined()
    vi.advanceTimersByTime(1)
    expect(interruption.reason()).toBe('timeout')
    expect(interruption.signal.aborted).toBe(true)
    expect(stopCode('timeout')).toBe(4)
  })

  it('keeps the first reason when the time is over after Ctrl-C', () => {
    interruption.setDeadline(1000)
    process.emit('SIGINT')
    vi.advanceTimersByTime(1000)
    expect(interruption.reason()).toBe('interrupted')
    expect(hardStop).not.toHaveBeenCalled()
  })

  it('lets go of signals and clock when the run is over', () => {
    const before = process.listenerCount('SIGINT')
    interruption.setDeadline(10)
    interruption.dispose()
    vi.advanceTimersByTime(20)
    expect(process.listenerCount('SIGINT')).toBe(before - 1)
    expect(interruption.signal.aborted).toBe(false)
  })
})
