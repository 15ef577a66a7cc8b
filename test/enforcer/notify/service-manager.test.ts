import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLiveness } from '../../../src/enforcer/notify/liveness.ts'
import { findServiceManager } from '../../../src/enforcer/notify/service-manager.ts'
import { startWatchdog } from '../../../src/enforcer/notify/watchdog.ts'

// Node has no datagram sockets of AF_UNIX, so the other end is Python's.
const listener = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
name = sys.argv[1]
s.bind('\\0' + name[1:] if name.startswith('@') else name)
print('ready', flush=True)
while True: print(s.recv(4096).decode().replace('\\n', ';'), flush=True)
`
const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean()
})

async function listen(path: string): Promise<{ readonly heard: string[]; readonly child: ChildProcess }> {
  const child = spawn('python3', ['-c', listener, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  cleanups.push(async () => {
    child.kill()
    await once(child, 'exit')
  })
  const heard: string[] = []
  child.stdout.on('data', (text: Buffer) => heard.push(...text.toString().trim().split('\n')))
  await once(child.stdout, 'data')
  return { heard, child }
}

const environment = { watchdogUsec: undefined, watchdogPid: undefined, pid: process.pid }
const failOnProblem = { onProblem: (error: unknown) => expect.fail(String(error)) }

describe('findServiceManager', () => {
  it('speaks to a socket that is a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'notify-'))
    cleanups.push(() => rm(folder, { recursive: true }))
    const { heard } = await listen(join(folder, 'socket'))
    const manager = await findServiceManager(
      { ...environment, notifySocket: join(folder, 'socket') },
      failOnProblem,
    )
    manager.notify(['READY=1', 'STATUS=Grüße'])
    await vi.waitFor(() => expect(heard).toContain('READY=1;STATUS=Grüße'))
    manager.close()
  })

  it('speaks to an abstract socket', async () => {
    const name = `@apoctl-test-${process.pid}`
    const { heard } = await listen(name)
    const manager = await findServiceManager({ ...environment, notifySocket: name }, failOnProblem)
    manager.notify(['WATCHDOG=1'])
    await vi.waitFor(() => expect(heard).toContain('WATCHDOG=1'))
    manager.close()
  })

  it('is silent when nobody started us, and tells when nobody listens', async () => {
    const problems: unknown[] = []
    const world = { onProblem: (error: unknown) => void problems.push(error) }
    ;(await findServiceManager({ ...environment, notifySocket: undefined }, world)).notify(['READY=1'])
    expect(problems).toHaveLength(0)
    ;(await findServiceManager({ ...environment, notifySocket: '/nowhere/at/all' }, world)).notify([
      'READY=1',
    ])
    expect(problems).toHaveLength(1)
  })

  it('watches only for the process it was told to', async () => {
    const about = { notifySocket: '@x', watchdogUsec: '60000000', pid: 7 }
    expect((await findServiceManager({ ...about, watchdogPid: '7' }, failOnProblem)).watchdogMs).toBe(60_000)
    expect((await findServiceManager({ ...about, watchdogPid: undefined }, failOnProblem)).watchdogMs).toBe(
      60_000,
    )
    expect(
      (await findServiceManager({ ...about, watchdogPid: '8' }, failOnProblem)).watchdogMs,
    ).toBeUndefined()
  })
})

describe('the watchdog', () => {
  it('is fed while everything moves, and not once something is overdue', () => {
    vi.useFakeTimers()
    cleanups.push(() => void vi.useRealTimers())
    let nowMs = 0
    const liveness = createLiveness({ monotonicMs: () => nowMs })
    const said: string[] = []
    const log = {
      trace: () => {},
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: () => void said.push('stuck'),
    }
    const manager = {
      watchdogMs: 30_000,
      notify: (lines: readonly string[]) => void said.push(...lines),
      close: () => {},
    }
    const stop = startWatchdog(manager, { liveness, log })
    const pass = (ms: number) => {
      nowMs += ms
      vi.advanceTimersByTime(ms)
    }
    liveness.expect('session', 15_000)
    pass(10_000)
    expect(said).toEqual(['WATCHDOG=1', 'WATCHDOG=1'])
    pass(10_000)
    expect(said.at(-1)).toBe('stuck')
    liveness.expect('session', 15_000)
    pass(10_000)
    expect(said.at(-1)).toBe('WATCHDOG=1')
    liveness.done('session')
    pass(100_000)
    expect(said.at(-1)).toBe('WATCHDOG=1')
    stop()
    const count = said.length
    pass(100_000)
    expect(said).toHaveLength(count)
  })
})
