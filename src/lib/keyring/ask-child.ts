import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { withDeadline } from '../async/deadline.ts'
import type { ChildAnswer, ChildRequest } from './child-message.ts'

/** How the child is started, and how long it has. */
export interface ChildWorld {
  /** dist/keyring-child.cjs */
  readonly childFile: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks a keyring through a process of its own, the only thing that ends when a bus hangs. Secrets travel through
 * its pipes. Rejects with DeadlinePassed, with the signal's reason, or when the child breaks.
 */
export async function askChild(request: ChildRequest, world: ChildWorld): Promise<ChildAnswer> {
  const { timeoutMs, signal } = world
  return withDeadline({ timeoutMs, signal }, async (until) => {
    const env = withoutOurs(world.env)
    const child = spawn(process.execPath, [world.childFile], { env, windowsHide: true })
    const end = (): void => void child.kill('SIGKILL')
    until.addEventListener('abort', end, { once: true })
    try {
      return parse(await answerOf(child, request))
    } catch (error) {
      until.throwIfAborted()
      throw error
    } finally {
      end()
    }
  })
}

/** The standard input stays open: by its end the child sees that nobody waits any longer. */
function answerOf(child: ChildProcessWithoutNullStreams, request: ChildRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    let complaint = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk
      if (answer.endsWith('\n')) resolve(answer)
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaint += chunk))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      const why = complaint.trim().split('\n').at(-1) ?? ''
      reject(new Error(`its helper ended with ${code ?? signal ?? 'nothing'}${why && `: ${why}`}`))
    })
    // A child that ended before it read: 'close' says so.
    child.stdin.on('error', () => undefined).write(`${JSON.stringify(request)}\n`)
  })
}

/** What Node says of text that is no JSON quotes it, and it may be a key. */
function parse(answer: string): ChildAnswer {
  try {
    return JSON.parse(answer) as ChildAnswer
  } catch {
    throw new Error('its helper gave no answer that can be read')
  }
}

/** The child needs what leads to the bus and the desktop, and nothing of what is meant for apoctl. */
function withoutOurs(env: ChildWorld['env']): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('APOCTL_')))
}
