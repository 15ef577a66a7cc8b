import { join, resolve } from 'node:path'
import { parseAnyCredentialFile } from '../../contract/app-credential-file.ts'
import { toLoginCredential, toPublicCredential, type KeptCredential } from '../api/login-credential.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { Secret } from '../secrets/secret.ts'
import { readSecretFile } from '../secrets/secret-file.ts'
import type { ConsoleFlags } from './flags/console-flags.ts'
import type { KeyringContext } from './run-keyring.ts'

/**
 * Reads the app credential that is asked for; unless a token makes it needless, `~/.apoctl/default.creds`
 * when none is. Throws APO-INPUT-FILE for one that cannot be used.
 */
export async function readCredential(
  flags: Pick<ConsoleFlags, 'creds' | 'token'>,
  context: KeyringContext,
): Promise<KeptCredential | undefined> {
  const asked = flags.creds
  if (asked === undefined && flags.token !== undefined) return undefined
  const file = credentialFile(flags, context)
  const reading = await readSecretFile(file)
  switch (reading.outcome) {
    case 'read':
      return parseCredential({ file, content: reading.content }, context)
    case 'missing':
      if (asked === undefined) return undefined
      throw wrongFile([file, 'there is no such file'], 'Give another file with --creds.')
    case 'exposed':
      throw wrongFile([file, 'others than its owner may read it'], `chmod 600 ${file}`)
    case 'unreadable':
      throw wrongFile([file, `it cannot be read (${reading.reason})`], 'Give another file with --creds.')
  }
}

/** The file it is read from. */
export function credentialFile(
  flags: Pick<ConsoleFlags, 'creds'>,
  { environment }: Pick<KeyringContext, 'environment'>,
): string {
  const { dataDir, workingDir } = environment
  return flags.creds === undefined ? join(dataDir, 'default.creds') : resolve(workingDir, flags.creds)
}

/** The same, where nothing else will do. Throws APO-INPUT-MISSING when there is none. */
export async function requireCredential(
  flags: Pick<ConsoleFlags, 'creds'>,
  context: KeyringContext,
): Promise<KeptCredential> {
  const credential = await readCredential(flags, context)
  if (credential !== undefined) return credential
  throw new ApoctlError(['APO-INPUT-MISSING', 'nothing says which app credential to use'], {
    hints: ['Give --path FILE, or make a profile: apoctl configure'],
  })
}

async function parseCredential(
  { file, content }: { readonly file: string; readonly content: Secret },
  context: KeyringContext,
): Promise<KeptCredential> {
  const parsed = parseAnyCredentialFile(content.reveal())
  if (!parsed.ok)
    throw wrongFile([file, parsed.problem], 'Take the file as the Console gave it, or make a new credential.')
  const credential = parsed.value
  if ('certificateKey' in credential) return toLoginCredential(credential)
  // Most runs need nothing of all this.
  const [{ keptKey }, { runKeyring }] = await Promise.all([
    import('../credentials/keys/kept-key.ts'),
    import('./run-keyring.ts'),
  ])
  const privateKeyPem = keptKey({ credential, file }, runKeyring(context))
  return { ...toPublicCredential(credential), privateKeyPem }
}

function wrongFile(what: readonly [file: string, problem: string], hint: string): ApoctlError {
  const [file, problem] = what
  return new ApoctlError(['APO-INPUT-FILE', `the app credential ${file} cannot be used: ${problem}`], {
    hints: [hint],
  })
}
