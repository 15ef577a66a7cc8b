import { createHash } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { createServer, type Server } from 'node:net'
import { sleep } from '../async/sleep.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { LabContext } from './lab-context.ts'

export interface LabLock {
  /** The directory that only one run at a time may change. */
  readonly directory: string
  /** What its holder does, for the message of who waits: `builds an image`. */
  readonly purpose: string
  readonly waitMs: number
  readonly context: Pick<LabContext, 'signal' | 'reporter'>
}

const pollMs = 100

/**
 * Runs `action` while no other run holds the lock; throws APO-LAB-BUSY after `waitMs`. The lock is
 * an abstract socket: the kernel gives a name to one process and takes it back when that ends,
 * however it ends. A lock file would outlive a killed run, and taking over a stale one is a race.
 */
export async function withLabLock<Result>(lock: LabLock, action: () => Promise<Result>): Promise<Result> {
  // Every host that is worked on listens to the run's signal; Node takes more than ten for a leak and says so.
  setMaxListeners(0, lock.context.signal)
  const held = await acquire(lock)
  try {
    return await action()
  } finally {
    await new Promise((resolve) => held.close(resolve))
  }
}

async function acquire(lock: LabLock): Promise<Server> {
  const { context } = lock
  const name = `\0apoctl-lab-${createHash('sha256').update(lock.directory).digest('hex').slice(0, 32)}`
  const deadline = performance.now() + lock.waitMs
  for (let attempt = 0; ; attempt += 1) {
    context.signal.throwIfAborted()
    const held = await listen(name)
    if (held !== undefined) return held
    if (performance.now() > deadline)
      throw new ApoctlError(['APO-LAB-BUSY', `another run ${lock.purpose} in ${lock.directory}`])
    if (attempt === 0)
      context.reporter.report({ type: 'note', subject: 'lab', text: `waiting: another run ${lock.purpose}` })
    await sleep(pollMs, { signal: context.signal })
  }
}

function listen(name: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy())
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen(name, () => resolve(server))
  })
}
