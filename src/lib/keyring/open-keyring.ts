import { DeadlinePassed } from '../async/deadline.ts'
import { sleep } from '../async/sleep.ts'
import type { Reporter } from '../progress/reporter.ts'
import { Secret } from '../secrets/secret.ts'
import { askChild } from './ask-child.ts'
import type { ChildRequest } from './child-message.ts'
import type { Keyring, KeyringResult } from './keyring.ts'
import { toRefusal } from './to-refusal.ts'

export interface KeyringWorld {
  /** dist/keyring-child.cjs */
  readonly childFile: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  /** Whether somebody is there to type a password into the dialog that a locked keyring shows. */
  readonly interactive: boolean
  readonly reporter: Reporter
  /** Absent where something has to be undone, whatever was interrupted. */
  readonly signal?: AbortSignal | undefined
}

/** A keyring is on this machine: what takes longer is not going to answer. */
const answerTimeoutMs = 5_000
/** How long a person gets to find the dialog and type a password. */
const unlockTimeoutMs = 60_000
/** A keyring that is open answers sooner. */
const quietMs = 1_500

/** The keyring of the operating system. Opening it asks nobody for anything. */
export function openKeyring(world: KeyringWorld): Keyring {
  const title = titleOf(world.platform)
  const ask = (request: ChildRequest): Promise<KeyringResult<Secret | undefined>> =>
    resultOf(request, { ...world, title })
  const done = async (request: ChildRequest): Promise<KeyringResult<undefined>> => {
    const result = await ask(request)
    return result.outcome === 'available' ? { ...result, value: undefined } : result
  }
  return {
    title,
    store: ({ account, secret }) =>
      done({ action: 'store', account, secret: Buffer.from(secret.reveal()).toString('base64') }),
    fetch: (account) => ask({ action: 'fetch', account }),
    remove: (account) => done({ action: 'remove', account }),
  }
}

function titleOf(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'the login keychain'
  return platform === 'win32' ? 'the Windows Credential Manager' : 'the keyring (Secret Service)'
}

async function resultOf(
  request: ChildRequest,
  world: KeyringWorld & { readonly title: string },
): Promise<KeyringResult<Secret | undefined>> {
  const timeoutMs = world.interactive ? unlockTimeoutMs : answerTimeoutMs
  const answered = new AbortController()
  if (world.interactive) void announceWait({ ...world, timeoutMs }, answered.signal)
  try {
    const answer = await askChild(request, { ...world, timeoutMs })
    if (!answer.ok) return toRefusal(answer)
    const secret = answer.secret && new Secret(Buffer.from(answer.secret, 'base64').toString('utf8'))
    return { outcome: 'available', value: secret || undefined }
  } catch (error) {
    world.signal?.throwIfAborted()
    if (error instanceof DeadlinePassed)
      return { outcome: 'timed-out', why: `it did not answer within ${timeoutMs / 1000} s` }
    const why = error instanceof Error ? error.message : String(error)
    return { outcome: 'absent', why }
  } finally {
    answered.abort()
  }
}

async function announceWait(
  waiting: Pick<KeyringWorld, 'reporter'> & { readonly title: string; readonly timeoutMs: number },
  signal: AbortSignal,
): Promise<void> {
  const { reporter, title: subject, timeoutMs } = waiting
  const text = `has not answered yet: it may ask for its password in a window of its own (waiting up to ${timeoutMs / 1000} s)`
  await sleep(quietMs, { signal }).then(
    () => reporter.report({ type: 'note', subject, text }),
    () => undefined,
  )
}
