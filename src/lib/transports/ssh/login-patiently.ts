import { DeadlinePassed } from '../../async/deadline.ts'
import { retry } from '../../async/retry.ts'
import { sleep } from '../../async/sleep.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { login, type Way } from './connection.ts'
import type { LoginContext } from './login-context.ts'
import type { SshConnection } from './ssh-connection.ts'

/** Some 6 s in all, within the deadline of the login. */
const patience = { attempts: 6, baseMs: 500, capMs: 4000 } as const
/** A server that is full is so for a moment at least. */
const leastWaitMs = 100

/**
 * Logs in, and tries again when the server turns us away at the door: an sshd with many logins under way
 * (MaxStartups) lets in some and not others. Nothing else gets better by itself, a password least of all.
 */
export async function loginPatiently(way: Way, context: LoginContext): Promise<SshConnection> {
  let turnedAway: ApoctlError | undefined
  try {
    return await retry(() => login(way, context), {
      ...patience,
      signal: way.signal,
      clock: { sleep },
      random: Math.random,
      judge: (error) => (isTurnedAway(error) ? { retry: true, afterMs: leastWaitMs } : { retry: false }),
      onRetry: ({ error, delayMs }) => {
        turnedAway = error as ApoctlError
        const text = `it turned us away; trying again in ${delayMs} ms`
        context.reporter.report({ type: 'debug', subject: way.settings.alias, text })
      },
    })
  } catch (error) {
    // The time was up while we waited for our turn: why we had to wait says more.
    if (error instanceof DeadlinePassed && turnedAway !== undefined) throw turnedAway
    throw error
  }
}

function isTurnedAway(error: unknown): boolean {
  return error instanceof ApoctlError && error.code === 'APO-SSH-TURNED-AWAY'
}
