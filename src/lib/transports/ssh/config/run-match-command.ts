import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { DeadlinePassed, withDeadline } from '../../../async/deadline.ts'
import { configError } from './config-error.ts'
import type { ConfigWorld } from './config-world.ts'

const matchCommandMs = 10_000

/**
 * Runs a command of Match exec in the user's shell, as ssh does, and tells whether it succeeded. Hosts
 * whose command is the same share its answer. One that does not end would leave it to chance where we
 * connect to, and is an error.
 */
export function runMatchCommand(
  command: string,
  on: { readonly world: ConfigWorld; readonly place: string },
): Promise<boolean> {
  const { world, place } = on
  return world.memory.success(command, async () => {
    try {
      return await withDeadline({ timeoutMs: matchCommandMs }, (signal) =>
        succeeds(command, { world, place, signal }),
      )
    } catch (error) {
      if (!(error instanceof DeadlinePassed)) throw error
      throw configError(place, `"${command}" did not end within ${matchCommandMs / 1000} s`)
    }
  })
}

function succeeds(
  command: string,
  on: { readonly world: ConfigWorld; readonly place: string; readonly signal: AbortSignal },
): Promise<boolean> {
  const { environment } = on.world
  const shell = shellOf(environment, on.place)
  return new Promise((resolve, reject) => {
    const child = spawn(shell, ['-c', command], { stdio: 'ignore', env: { ...environment } })
    const end = (): void => {
      child.kill('SIGKILL')
      reject(on.signal.reason as Error)
    }
    on.signal.addEventListener('abort', end, { once: true })
    child.once('error', (cause) =>
      reject(configError(on.place, `${shell} cannot be started (${cause.message})`)),
    )
    child.once('exit', (code, signal) => {
      if (signal === null) resolve(code === 0)
      else reject(configError(on.place, `"${command}" was ended by ${signal}`))
    })
  })
}

/** $SHELL, or /bin/sh where there is none. */
export function shellOf(environment: ConfigWorld['environment'], place: string): string {
  const shell = environment['SHELL'] ?? ''
  if (shell === '') return '/bin/sh'
  try {
    accessSync(shell, constants.X_OK)
    return shell
  } catch {
    throw configError(place, `SHELL is ${shell}, which cannot be run`)
  }
}
