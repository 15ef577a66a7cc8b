import { DeadlinePassed } from '../../async/deadline.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { ProxyEnded } from './proxy-command.ts'

type ErrorWords = ConstructorParameters<typeof ApoctlError>[0]

/** What the library adds to the errors it emits. */
interface Ssh2Error extends Error {
  readonly level?: string
  /** A code of the system (`ECONNREFUSED`) or a reason of SSH (2: protocol error). */
  readonly code?: string | number
  /** Why a channel was not opened. */
  readonly reason?: string | number
}

/** The one place that knows the library's and the system's words for what goes wrong on the way. */

/** An error from name lookup to login. `subject` is whom we wanted: `root@web1:22`. */
export function connectError(thrown: unknown, subject: string): Error {
  if (thrown instanceof ApoctlError) return thrown
  if (thrown instanceof DeadlinePassed)
    return sshError(thrown, [
      'APO-SSH-TIMEOUT',
      `${subject} did not answer within ${thrown.timeoutMs / 1000} s`,
    ])
  if (thrown instanceof ProxyEnded) return sshError(thrown, ['APO-SSH-PROXY', thrown.message])
  if (!(thrown instanceof Error) || thrown.name === 'AbortError') return asError(thrown)
  const error: Ssh2Error = thrown
  if (typeof error.code === 'string') return systemError(error, subject)
  if (error.level === 'client-timeout') return sshError(error, ['APO-SSH-TIMEOUT', `${subject} went silent`])
  if (error.level === 'handshake')
    return sshError(error, [
      'APO-SSH-UNREACHABLE',
      `${subject} and apoctl share no way to encrypt (${error.message})`,
    ])
  if (/before handshake|closed/i.test(error.message))
    return sshError(error, ['APO-SSH-UNREACHABLE', `${subject} closed the connection before the login`])
  return sshError(error, [
    'APO-SSH-UNREACHABLE',
    `${subject} does not speak SSH as expected (${error.message})`,
  ])
}

/**
 * A server that closed the connection before it said anything of its own: it may let us in later.
 * `undefined` for every other error. `said` is what it wrote instead, often why.
 */
export function turnedAway(
  thrown: unknown,
  about: { readonly subject: string; readonly said: string },
): ApoctlError | undefined {
  if (!(thrown instanceof Error) || thrown instanceof ApoctlError) return undefined
  const error: Ssh2Error = thrown
  const isClosed = /before handshake|closed the connection/.test(error.message)
  if (!isClosed && !['ECONNRESET', 'EPIPE'].includes(String(error.code))) return undefined
  // More than a line or two is another protocol, and none that an SSH server would say no in.
  if (about.said.split('\n').length > 2 || /^HTTP\/|[^\s\x20-\x7e]/.test(about.said)) return undefined
  const words = about.said === '' ? '' : `, saying "${about.said}"`
  return sshError(error, [
    'APO-SSH-TURNED-AWAY',
    `${about.subject} closed the connection before the login${words}`,
  ])
}

function systemError(error: Ssh2Error, subject: string): ApoctlError {
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens on that port',
    ENOTFOUND: 'the name is not known',
    EAI_AGAIN: 'the name cannot be looked up now',
    EHOSTUNREACH: 'there is no route to it',
    ENETUNREACH: 'there is no route to its network',
    ECONNRESET: 'it reset the connection',
    EPIPE: 'it closed the connection',
  }
  const code = String(error.code)
  if (code === 'ETIMEDOUT') return sshError(error, ['APO-SSH-TIMEOUT', `${subject} did not answer`])
  return sshError(error, ['APO-SSH-UNREACHABLE', `${subject} cannot be reached: ${reasons[code] ?? code}`])
}

/** Whether an error during the login means that the server had enough of us. */
export function isLoginRefusal(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  const error: Ssh2Error = thrown
  return error.level === 'client-authentication' || typeof error.code === 'number'
}

/** Whether an error says only that one key could not sign; the next one is tried then. */
export function isAboutOneKey(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown as Ssh2Error).level === 'agent'
}

const tooManyHints = ['Offer the right key alone: IdentitiesOnly yes and IdentityFile in ~/.ssh/config.']

export interface RefusedLogin {
  readonly subject: string
  readonly tried: readonly string[]
  readonly keyCount: number
  /** A key that might have been right and could not be opened. */
  readonly problem: ApoctlError | undefined
}

export function refusedLogin(thrown: unknown, login: RefusedLogin): ApoctlError {
  const tooMany = thrown instanceof Error && /too many/i.test(thrown.message)
  if (tooMany)
    return sshError(thrown, [
      'APO-SSH-AUTH',
      `${login.subject} gave up after ${login.keyCount} keys were offered`,
      tooManyHints,
    ])
  if (login.problem !== undefined) return login.problem
  const ways = login.tried.map((way) => (way === 'publickey' ? `${login.keyCount} key(s)` : way)).join(', ')
  return sshError(thrown, [
    'APO-SSH-AUTH',
    `${login.subject} refused the login (tried: ${ways || 'nothing, none at hand'})`,
  ])
}

/** An error after the login. */
export function lostError(thrown: unknown, subject: string): Error {
  if (thrown instanceof ApoctlError) return thrown
  const reason = thrown instanceof Error ? thrown.message : 'the connection was closed'
  return sshError(thrown, ['APO-SSH-LOST', `the connection to ${subject} broke (${reason})`])
}

/** A channel that closed before the command's end was told: the far side was killed, or cut off. */
export function silentEndError(subject: string): ApoctlError {
  return new ApoctlError(['APO-SSH-LOST', `${subject} ended the command without saying how`])
}

/** Whether the server only has no room for one more channel now (MaxSessions): nothing was started. */
export function isChannelRefusal(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown as Ssh2Error).reason !== undefined
}

/** A channel for a command that the server did not give. */
export function channelError(thrown: unknown, subject: string): ApoctlError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return sshError(thrown, ['APO-SSH-LOST', `${subject} does not run commands (${reason})`])
}

/** A jump host that cannot reach the next one. */
export function forwardError(
  thrown: unknown,
  way: { readonly hop: string; readonly to: string },
): ApoctlError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return sshError(thrown, [
    'APO-SSH-UNREACHABLE',
    `the jump host ${way.hop} cannot reach ${way.to} (${reason})`,
  ])
}

function sshError(cause: unknown, what: readonly [...ErrorWords, hints?: readonly string[]]): ApoctlError {
  const [code, message, hints] = what
  return new ApoctlError([code, message], hints === undefined ? { cause } : { cause, hints })
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
