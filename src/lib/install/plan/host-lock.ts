import { randomBytes } from 'node:crypto'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { runScript } from '../../platforms/linux/run-script.ts'
import type { Reporter } from '../../progress/reporter.ts'
import type { Transport } from '../../transports/transport.ts'
import { describeHolder, isAbandonedByUs, readHolder, type LockHolder, type LockOwner } from './lock-owner.ts'
import type { HostChange } from './step.ts'

/** Keeps two operators from changing one host at the same time. */
export interface HostLock {
  /** The same change; on a host that somebody else has taken over it does nothing and ends with `lockLost`. */
  guarded(change: HostChange): HostChange
  /** Goes on over a new connection. A lock that went with a restart of the host is taken again. */
  reclaim(transport: Transport, signal: AbortSignal): Promise<void>
}

/** What a guarded change ends with when the lock is not ours any more. */
export const lockLost = 75

/** Gone with a restart, as is whatever was under way. */
const lockFile = '/run/apoctl.lock'
const heartbeatMs = 20_000
/** So long after its last sign of life a lock counts as abandoned. */
const abandonedAfterSeconds = 120
const askTimeoutMs = 15_000
const mark = 'apoctl-lock'

/**
 * $1 lock, $2 our token, $3 who we are, $4 the token that may be replaced. Takes all of it or nothing. Begins with
 * a new line: what a login script says may not end with one.
 */
const takeScript = `echo
umask 077
new="$1.$2"
printf '%s\\n%s\\n' "$2" "$3" > "$new" || exit 1
if ln "$new" "$1" 2>/dev/null; then rm -f "$new"; echo '${mark} taken'; exit 0; fi
held=$(head -n 1 "$1" 2>/dev/null)
if [ -n "$4" ] && [ "$held" = "$4" ]; then mv -f "$new" "$1"; echo '${mark} taken'; exit 0; fi
rm -f "$new"
[ -n "$held" ] || exit 1
printf '${mark} held %s %s %s\\n' "$(($(date +%s) - $(stat -c %Y "$1")))" "$held" "$(sed -n 2p "$1")"`
/** $1 lock, $2 our token. */
const beatScript = `[ "$(head -n 1 "$1" 2>/dev/null)" != "$2" ] || touch -c "$1"`
const releaseScript = `[ "$(head -n 1 "$1" 2>/dev/null)" != "$2" ] || rm -f "$1"`

export interface LockClaim {
  readonly owner: LockOwner
  /** Whether a lock that nobody gives a sign for any more may be taken over. */
  readonly takesOver: boolean
}

export interface LockedWork<Result> extends LockClaim {
  readonly action: (lock: HostLock) => Promise<Result>
}

export interface LockContext {
  /** Root's. */
  readonly transport: Transport
  readonly signal: AbortSignal
  readonly reporter: Reporter
}

/**
 * Does something while the host is locked for us. Rejects with APO-HOST-LOCKED when somebody else works
 * there; a lock that was left behind by a dead process of this machine does not count.
 */
export async function underHostLock<Result>(work: LockedWork<Result>, context: LockContext): Promise<Result> {
  const token = randomBytes(12).toString('hex')
  const held = { token, owner: JSON.stringify(work.owner) }
  await takeOrRefuse({ ...work, ...held, name: work.owner }, context)
  let { transport } = context
  const lock: HostLock = {
    guarded: (change) => ({ ...change, script: `${guard(token)}\n${change.script}` }),
    reclaim: async (next, signal) => {
      transport = next
      await take({ ...held, replaces: '' }, { transport, signal })
    },
  }
  const stopBeating = beat(token, () => transport)
  try {
    return await work.action(lock)
  } finally {
    stopBeating()
    await release(token, { ...context, transport })
  }
}

function guard(token: string): string {
  const isOurs = `[ "$(head -n 1 ${lockFile} 2>/dev/null)" = ${token} ]`
  return `${isOurs} || { echo 'the lock of this host is not ours any more' >&2; exit ${lockLost}; }\ntouch -c ${lockFile}`
}

interface Taking {
  readonly token: string
  readonly owner: string
}

async function takeOrRefuse(
  taking: Taking & { readonly takesOver: boolean; readonly name: LockOwner },
  context: LockContext,
): Promise<void> {
  const { transport, reporter } = context
  const holder = await take({ ...taking, replaces: '' }, context)
  if (holder === undefined) return
  const isOver = holder.ageSeconds > abandonedAfterSeconds
  const isDead = isAbandonedByUs(holder, taking.name)
  if (!isDead && !(isOver && taking.takesOver)) throw refusal(holder, { target: transport.target, isOver })
  const text = `takes over from ${describeHolder(holder)}${isDead ? ', whose process is gone' : ''}`
  reporter.report({ type: isDead ? 'note' : 'warning', subject: transport.target, text })
  const other = await take({ ...taking, replaces: holder.token }, context)
  if (other !== undefined) throw refusal(other, { target: transport.target, isOver: false })
}

function refusal(
  holder: LockHolder,
  about: { readonly target: string; readonly isOver: boolean },
): ApoctlError {
  const { target, isOver } = about
  const who = describeHolder(holder)
  const hint = isOver
    ? 'If that run is dead, add --take-over-lock. What it has begun is gone on with.'
    : 'Wait until it has finished, and run the same command again.'
  return new ApoctlError(['APO-HOST-LOCKED', `${target} is being changed by ${who}`], { hints: [hint] })
}

/** Gives who holds the lock, or undefined once we do. */
async function take(
  taking: Taking & { readonly replaces: string },
  host: Pick<LockContext, 'transport' | 'signal'>,
): Promise<LockHolder | undefined> {
  const { token, owner, replaces } = taking
  const { transport, signal } = host
  const args = [lockFile, token, owner, replaces]
  const result = await runScript(transport, { text: takeScript, args, signal, timeoutMs: askTimeoutMs })
  const answer = result.stdout.toString('utf8').split('\n')
  const line = answer.find((text) => text.startsWith(`${mark} `))?.slice(mark.length + 1)
  if (line === 'taken') return undefined
  const [word, age = '', heldToken = '', ...rest] = line?.split(' ') ?? []
  if (word === 'held') return readHolder({ age, token: heldToken, text: rest.join(' ') })
  const why = result.stderr.toString('utf8').trim().split('\n').at(-1) ?? ''
  throw new ApoctlError(['APO-HOST-COMMAND', `${transport.target} cannot be locked (${lockFile}): ${why}`])
}

/** A sign of life now and then. One that does not arrive does no harm. */
function beat(token: string, transport: () => Transport): () => void {
  let isBusy = false
  const timer = setInterval(() => {
    if (isBusy) return
    isBusy = true
    void runScript(transport(), { text: beatScript, args: [lockFile, token], timeoutMs: askTimeoutMs })
      .catch(() => undefined)
      .finally(() => (isBusy = false))
  }, heartbeatMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** Not by the signal of the work: it may be what ended it. */
async function release(token: string, { transport, reporter }: LockContext): Promise<void> {
  const script = { text: releaseScript, args: [lockFile, token], timeoutMs: askTimeoutMs }
  try {
    await runScript(transport, script)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const text = `its lock could not be taken away: ${why}`
    reporter.report({ type: 'debug', subject: transport.target, text })
  }
}
