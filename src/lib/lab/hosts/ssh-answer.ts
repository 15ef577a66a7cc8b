import { connect } from 'node:net'
import { sleep } from '../../async/sleep.ts'

/** A host that boots drops the first packets; a new attempt is quicker than TCP's own second one. */
const connectMs = 250
/** Once connected, a busy machine may take its time. */
const greetingMs = 5000
const pollMs = 25

/** Whether an SSH server greets at this address. */
export function sshAnswers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22 })
    const finish = (answer: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    let timer = setTimeout(() => finish(false), connectMs)
    socket.once('connect', () => {
      clearTimeout(timer)
      timer = setTimeout(() => finish(false), greetingMs)
    })
    socket.once('data', (greeting) => finish(greeting.toString('latin1').startsWith('SSH-')))
    socket.once('error', () => finish(false))
    socket.once('end', () => finish(false))
  })
}

export interface SshWait {
  readonly address: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Asked now and then; waiting ends when it says no. */
  readonly stillRunning: () => Promise<boolean>
}

/** Waits until SSH answers; false when the host ended or the time is up. */
export async function waitForSsh(wait: SshWait): Promise<boolean> {
  const deadline = performance.now() + wait.timeoutMs
  for (let attempt = 1; performance.now() < deadline; attempt += 1) {
    wait.signal.throwIfAborted()
    if (await sshAnswers(wait.address)) return true
    if (attempt % 20 === 0 && !(await wait.stillRunning())) return false
    await sleep(pollMs, { signal: wait.signal })
  }
  return false
}
