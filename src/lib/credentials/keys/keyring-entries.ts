import { parseAnyCredentialFile } from '../../../contract/app-credential-file.ts'
import type { Keyring } from '../../keyring/keyring.ts'
import type { Reporter } from '../../progress/reporter.ts'
import type { SecretFileReading } from '../../secrets/secret-file.ts'

/** What it takes to write a file whose key may be in the keyring. */
export interface KeyKeepingContext {
  readonly keyring: Keyring
  /** Works although the run was interrupted. */
  readonly undoing: Keyring
  readonly reporter: Reporter
}

/** The entry of the keyring that a credential file needs; undefined when it has its key in it, or is none. */
export function accountIn(file: SecretFileReading): string | undefined {
  const credential = file.outcome === 'read' ? parseAnyCredentialFile(file.content.reveal()) : undefined
  if (credential?.ok !== true || !('keyringAccount' in credential.value)) return undefined
  return credential.value.keyringAccount
}

/** Takes entries out of the keyring. Those that cannot be, each a warning, are what it returns. */
export async function forgetEntries(
  accounts: Iterable<string>,
  { undoing, reporter }: Pick<KeyKeepingContext, 'undoing' | 'reporter'>,
): Promise<readonly string[]> {
  const remaining: string[] = []
  for (const account of accounts) {
    const removed = await undoing.remove(account)
    if (removed.outcome === 'available') continue
    remaining.push(account)
    const text = `${account} is of no use any longer, and still there until this file is written again: ${removed.why}`
    reporter.report({ type: 'warning', subject: undoing.title, text })
  }
  return remaining
}
