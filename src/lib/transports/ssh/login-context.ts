import { DeadlinePassed } from '../../async/deadline.ts'
import type { SshContext } from './ssh-context.ts'

/** What one login leans on, besides what all logins of the run share. */
export interface LoginContext extends SshContext {
  /** Stops the clock of this login while a person types; the host is not slow then. */
  readonly whilePersonAnswers: <Answer>(answer: Promise<Answer>) => Promise<Answer>
}

export interface LoginDeadline {
  /** Aborts with DeadlinePassed, or with the reason of the parent. */
  readonly signal: AbortSignal
  readonly pauseWhile: LoginContext['whilePersonAnswers']
  clear(): void
}

/** A deadline whose clock can stand still. */
export function startLoginDeadline(timeoutMs: number, parent: AbortSignal | undefined): LoginDeadline {
  const controller = new AbortController()
  const follow = () => controller.abort(parent?.reason)
  const pass = () => controller.abort(new DeadlinePassed(timeoutMs))
  let leftMs = timeoutMs
  let startedMs = performance.now()
  let timer = setTimeout(pass, leftMs)
  let pauses = 0
  const pause = () => {
    pauses += 1
    if (pauses > 1) return
    clearTimeout(timer)
    leftMs -= performance.now() - startedMs
  }
  const goOn = () => {
    pauses -= 1
    if (pauses > 0) return
    startedMs = performance.now()
    timer = setTimeout(pass, Math.max(leftMs, 0))
  }
  if (parent?.aborted === true) follow()
  parent?.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    async pauseWhile(answer) {
      pause()
      return answer.finally(goOn)
    },
    clear() {
      clearTimeout(timer)
      // A pause that ends later must not start the clock again.
      pauses = Number.POSITIVE_INFINITY
      parent?.removeEventListener('abort', follow)
    },
  }
}
