import { join } from 'node:path'
import type { KeyKeepingContext } from '../credentials/keys/keyring-entries.ts'
import type { Keyring } from '../keyring/keyring.ts'
import { openKeyring } from '../keyring/open-keyring.ts'
import type { CommandContext } from './context.ts'

export type KeyringContext = Pick<CommandContext, 'environment' | 'interactive' | 'reporter' | 'signal'>

/** The keyring as this run may use it: on a terminal somebody may be asked for its password, and is waited for. */
export function runKeyring(context: KeyringContext): Keyring {
  return openKeyring(worldOf(context))
}

/** What it takes to write a file whose key may be in the keyring; `undoing` works although the run was interrupted. */
export function keyKeeping(context: KeyringContext): KeyKeepingContext {
  const undoing = openKeyring({ ...worldOf(context), interactive: false, signal: undefined })
  return { keyring: runKeyring(context), undoing, reporter: context.reporter }
}

function worldOf({ environment, interactive, reporter, signal }: KeyringContext) {
  const childFile = join(environment.programFolder, 'dist', 'keyring-child.cjs')
  return { childFile, env: environment.env, platform: process.platform, interactive, reporter, signal }
}
