import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { thisOperator } from '../../../../src/lib/fleet/journal/process-identity.ts'
import { openGate } from '../../../../src/lib/install/plan/gate.ts'
import { underHostLock, type HostLock } from '../../../../src/lib/install/plan/host-lock.ts'
import type { LockOwner } from '../../../../src/lib/install/plan/lock-owner.ts'
import type { ProgressEvent } from '../../../../src/lib/progress/progress-event.ts'
import { openLocal } from '../../../../src/lib/transports/local/open-local.ts'
import type { Transport } from '../../../../src/lib/transports/transport.ts'

let folder: string
let events: ProgressEvent[]
const lockFile = (): string => join(folder, 'lock')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'host-lock-'))
  events = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** This machine, whose lock is in a folder of the test: others may be installing here. */
function host(): Transport {
  const local = openLocal({ environment: process.env })
  const moved = (text: string | Buffer): string => String(text).replaceAll('/run/apoctl.lock', lockFile())
  return {
    ...local,
    target: 'web1',
    run: ({ stdin = '', ...request }, options) =>
      local.run({ ...request, stdin: moved(stdin as string | Buffer) }, options),
  }
}

const here = (run: string): LockOwner => ({ operator: thisOperator('ann'), run })
const elsewhere = (run: string): LockOwner => ({
  operator: { ...thisOperator('bob'), machine: 'laptop', bootId: 'other' },
  run,
})
const signal = new AbortController().signal
const context = (transport = host()) => ({
  transport,
  signal,
  reporter: { report: (event: ProgressEvent) => void events.push(event) },
})
const locked = <Result>(
  action: (lock: HostLock) => Promise<Result>,
  owner = here('ours'),
  takesOver = false,
) => underHostLock({ owner, takesOver, action }, context())
const write = (text: string) => ({ script: `printf ${text} > ${join(folder, 'changed')}` })
const age = async (seconds: number): Promise<void> => {
  const at = new Date(Date.now() - seconds * 1000)
  await utimes(lockFile(), at, at)
}
const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

describe('a lock of a host', () => {
  it('is there while the work is done, says who does it, and is gone afterwards, whatever happens', async () => {
    const seen = await locked(() => readFile(lockFile(), 'utf8'))
    expect(JSON.parse(seen.split('\n')[1] ?? '')).toEqual(here('ours'))
    expect(await isThere(lockFile())).toBe(false)
    await expect(locked(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await isThere(lockFile())).toBe(false)
  })

  it('is nobody else to read', async () => {
    const { mode } = await locked(() => stat(lockFile()))
    expect(mode & 0o777).toBe(0o600)
  })

  it('keeps a second one out, who is told by whom and since when, and that the flag is of no use', async () => {
    const work = async (): Promise<void> => {
      const second = locked(() => Promise.resolve(), here('second'))
      const who = /^web1 is being changed by bob@laptop \(run first\), last sign of life \d s ago$/
      await expect(second).rejects.toThrow(who)
      await age(110)
      await expect(locked(() => Promise.resolve(), here('third'), true)).rejects.toMatchObject({
        code: 'APO-HOST-LOCKED',
        hints: ['Wait until it has finished, and run the same command again.'],
      })
    }
    await locked(work, elsewhere('first'))
  })

  it('lets one of many in who come at once', async () => {
    let inside = 0
    let most = 0
    const attempts = Array.from({ length: 9 }, (_, at) =>
      locked(
        async () => {
          most = Math.max(most, (inside += 1))
          await new Promise((resolve) => setTimeout(resolve, 1500))
          inside -= 1
        },
        elsewhere(String(at)),
      ),
    )
    const ended = await Promise.allSettled(attempts)
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(most).toBe(1)
  })

  it('without a sign of life is taken over with the flag and not without', async () => {
    await locked(async () => {
      await age(130)
      const refused = locked(() => Promise.resolve(), here('second'))
      await expect(refused).rejects.toMatchObject({ hints: [expect.stringContaining('--take-over-lock')] })
      expect(await locked(() => Promise.resolve('worked'), here('second'), true)).toBe('worked')
    }, elsewhere('dead'))
    expect(events).toContainEqual({
      type: 'warning',
      subject: 'web1',
      text: expect.stringMatching(/^takes over from bob@laptop \(run dead\), last sign of life 13\d s ago$/),
    })
  })

  it('of a process of this machine that is dead is no obstacle, and one that lives is', async () => {
    const child = spawn('sleep', ['60'])
    const { pid = 0 } = child
    const owner = { operator: { ...here('').operator, pid, startedTicks: '' }, run: 'killed' }
    await writeFile(lockFile(), `token\n${JSON.stringify(owner)}\n`)
    await expect(locked(() => Promise.resolve('worked'))).rejects.toMatchObject({ code: 'APO-HOST-LOCKED' })
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await locked(() => Promise.resolve('worked'))).toBe('worked')
  })

  it('of a number that another process has now is of a dead one', async () => {
    const owner = { operator: { ...here('').operator, pid: process.pid, startedTicks: '1' }, run: 'killed' }
    await writeFile(lockFile(), `token\n${JSON.stringify(owner)}\n`)
    expect(await locked(() => Promise.resolve('worked'))).toBe('worked')
  })

  it.each(['token\n', 'token\n{"operator":{},"run":1}\n', 'token\n\u001b[2Jnonsense\n'])(
    'that says nothing we understand is of somebody: %j',
    async (text) => {
      await writeFile(lockFile(), text)
      await expect(locked(() => Promise.resolve())).rejects.toThrow(
        /^web1 is being changed by somebody, last sign of life \d+ s ago$/,
      )
    },
  )

  it('that cannot be made is an error that says where', async () => {
    await rm(folder, { recursive: true })
    await expect(locked(() => Promise.resolve())).rejects.toMatchObject({
      code: 'APO-HOST-COMMAND',
      message: expect.stringContaining('/run/apoctl.lock'),
    })
  })
})

describe('the gate of a locked host', () => {
  it('lets changes through, each a sign of life', async () => {
    await locked(async (lock) => {
      await age(100)
      await openGate(host(), lock).pass(write('ours'), signal)
      expect(Date.now() - (await stat(lockFile())).mtimeMs).toBeLessThan(30_000)
    })
    expect(await readFile(join(folder, 'changed'), 'utf8')).toBe('ours')
  })

  it('is shut once another run has taken over, and leaves its lock alone', async () => {
    await locked(async (lock) => {
      await writeFile(lockFile(), 'theirs\n{}\n')
      const attempt = openGate(host(), lock).pass(write('ours'), signal)
      await expect(attempt).rejects.toMatchObject({ code: 'APO-HOST-LOCK-LOST' })
    })
    expect(await isThere(join(folder, 'changed'))).toBe(false)
    expect(await readFile(lockFile(), 'utf8')).toBe('theirs\n{}\n')
  })

  it('opens again after a restart of the host, which takes the lock along, over a new connection', async () => {
    await locked(async (lock) => {
      await rm(lockFile())
      const gate = openGate(host(), lock)
      await expect(gate.pass(write('ours'), signal)).rejects.toMatchObject({ code: 'APO-HOST-LOCK-LOST' })
      await lock.reclaim(host(), signal)
      await gate.pass(write('ours'), signal)
    })
    expect(await readFile(join(folder, 'changed'), 'utf8')).toBe('ours')
    expect(await isThere(lockFile())).toBe(false)
  })
})
