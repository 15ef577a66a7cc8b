import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './temporary-folder.ts'

export interface TestAgent {
  readonly socket: string
  /** Adds keys; a certificate beside a key is added with it. */
  readonly add: (...keys: readonly string[]) => void
  readonly stop: () => void
}

/** A real ssh-agent in the foreground, holding the given keys in their order. */
export async function startAgent(...keys: readonly string[]): Promise<TestAgent> {
  const socket = join(temporaryFolder('agent'), 'socket')
  const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10))
  const add = (...more: readonly string[]): void => {
    for (const key of more)
      execFileSync('ssh-add', ['-q', key], {
        env: { ...process.env, SSH_AUTH_SOCK: socket },
        stdio: 'ignore',
      })
  }
  add(...keys)
  return { socket, add, stop: () => child.kill() }
}
