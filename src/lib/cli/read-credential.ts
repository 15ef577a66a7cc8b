import { join, resolve } from 'node:path'
import { parseAppCredentialFile } from '../../contract/app-credential-file.ts'
import { toLoginCredential, type LoginCredential } from '../api/login-credential.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { Secret } from '../secrets/secret.ts'
import { readSecretFile } from '../secrets/secret-file.ts'
import type { CommandContext } from './context.ts'
import type { ConsoleFlags } from './flags/console-flags.ts'
import type { RunEnvironment } from './run-environment.ts'

/**
 * Reads the app credential that is asked for; unless a token makes it needless, `~/.apoctl/default.creds`
 * when none is. Throws APO-INPUT-FILE for one that cannot be used.
 */
export async function readCredential(
  flags: Pick<ConsoleFlags, 'creds' | 'token'>,
  environment: Pick<RunEnvironment, 'dataDir' | 'workingDir'>,
): Promise<LoginCredential | undefined> {
  const { dataDir, workingDir } = environment
  const asked = flags.creds
  if (asked === undefined && flags.token !== undefined) return undefined
  const file = asked === undefined ? join(dataDir, 'default.creds') : resolve(workingDir, asked)
  const reading = await readSecretFile(file)
  switch (reading.outcome) {
    case 'read':
      return parseCredential(file, reading.content)
    case 'missing':
      if (asked === undefined) return undefined
      throw wrongFile([file, 'there is no such file'], 'Give another file with --creds.')
    case 'exposed':
      throw wrongFile([file, 'others than its owner may read it'], `chmod 600 ${file}`)
    case 'unreadable':
      throw wrongFile([file, `it cannot be read (${reading.reason})`], 'Give another file with --creds.')
  }
}

/** The same, where nothing else will do. Throws APO-INPUT-MISSING when there is none. */
export async function requireCredential(
  flags: Pick<ConsoleFlags, 'creds'>,
  { environment }: Pick<CommandContext, 'environment'>,
): Promise<LoginCredential> {
  const credential = await readCredential(flags, environment)
  if (credential !== undefined) return credential
  throw new ApoctlError(['APO-INPUT-MISSING', 'nothing says which app credential to use'], {
    hints: ['Give --path FILE, or make a profile: apoctl configure'],
  })
}

function parseCredential(file: string, content: Secret): LoginCredential {
  const parsed = parseAppCredentialFile(content.reveal())
  if (!parsed.ok)
    throw wrongFile([file, parsed.problem], 'Take the file as the Console gave it, or make a new credential.')
  return toLoginCredential(parsed.value)
}

function wrongFile(what: readonly [file: string, problem: string], hint: string): ApoctlError {
  const [file, problem] = what
  return new ApoctlError(['APO-INPUT-FILE', `the app credential ${file} cannot be used: ${problem}`], {
    hints: [hint],
  })
}
