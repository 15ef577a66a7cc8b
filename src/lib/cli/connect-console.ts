import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseAppCredentialFile } from '../../contract/app-credential-file.ts'
import { openTokenFolder } from '../api/token-cache/token-folder.ts'
import { toLoginCredential, type LoginCredential } from '../api/login-credential.ts'
import type { ConsoleClient, ConsoleLogin } from '../api/console-client.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { Secret } from '../secrets/secret.ts'
import { readSecretFile } from '../secrets/secret-file.ts'
import type { CommandContext } from './context.ts'
import type { ConsoleFlags } from './flags/console-flags.ts'

/** A Console to talk to, and what has to reach hosts so that they can talk to it too. */
export interface ConnectedConsole {
  readonly client: ConsoleClient
  readonly api: string
  readonly namespace: string
  /** The authorities given or carried by the credential, PEM; undefined when the public ones serve. */
  readonly authoritiesPem: string | undefined
}

/**
 * Opens the Console that the flags name. A token wins over a credential; without either, the
 * credential `~/.apoctl/default.creds` is used if it is there.
 * Throws APO-INPUT-MISSING when nothing says which Console, or as whom.
 */
export async function connectConsole(
  flags: ConsoleFlags,
  context: CommandContext,
): Promise<ConnectedConsole> {
  const credential = await credentialOf(flags, context)
  const api = flags.api ?? credential?.api
  if (api === undefined) throw unknownConsole()
  const login = loginOf(flags, credential)
  const authoritiesPem = await authoritiesOf(flags, context)
  if (flags['api-skip-verify'])
    context.reporter.report({ type: 'warning', subject: api, text: 'its certificate is not verified' })
  const { openConsole } = await import('../api/open-console.ts')
  const namespace = flags.namespace ?? credential?.namespace ?? ''
  const trust = { authoritiesPem, skipVerify: flags['api-skip-verify'] }
  const keptTokens = openTokenFolder(join(context.environment.dataDir, 'tokens'))
  const world = { clock: context.clock, random: Math.random, keptTokens }
  const client = openConsole({ api, namespace, login, trust }, world)
  context.atEnd(() => client.close())
  return { client, api: client.api, namespace, authoritiesPem: authoritiesPem ?? credential?.authorityPem }
}

function loginOf(flags: ConsoleFlags, credential: LoginCredential | undefined): ConsoleLogin {
  if (flags.token !== undefined) return { kind: 'token', token: new Secret(flags.token) }
  if (credential !== undefined) return { kind: 'app-credential', credential }
  throw new ApoctlError(['APO-INPUT-MISSING', 'nothing says who you are towards the Console'], {
    hints: ['Give --creds FILE, or set APOCTL_TOKEN.'],
  })
}

function unknownConsole(): ApoctlError {
  return new ApoctlError(['APO-INPUT-MISSING', 'nothing says which Console to talk to'], {
    hints: [
      'Give --api URL, or --creds FILE, which knows its Console.',
      'Or start one here: apoctl console serve',
    ],
  })
}

async function credentialOf(
  flags: ConsoleFlags,
  context: CommandContext,
): Promise<LoginCredential | undefined> {
  const { dataDir, workingDir } = context.environment
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

function parseCredential(file: string, content: Secret): LoginCredential {
  const parsed = parseAppCredentialFile(content.reveal())
  if (!parsed.ok)
    throw wrongFile([file, parsed.problem], 'Take the file as the Console gave it, or make a new credential.')
  return toLoginCredential(parsed.value)
}

async function authoritiesOf(flags: ConsoleFlags, context: CommandContext): Promise<string | undefined> {
  if (flags['api-cacert'] === undefined) return undefined
  const file = resolve(context.environment.workingDir, flags['api-cacert'])
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ApoctlError(['APO-INPUT-FILE', `the certificate authority ${file} cannot be read`], {
      cause: error,
    })
  })
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw new ApoctlError(['APO-INPUT-FILE', `${file} holds no PEM certificate`])
  return pem
}

function wrongFile(what: readonly [file: string, problem: string], hint: string): ApoctlError {
  const [file, problem] = what
  return new ApoctlError(['APO-INPUT-FILE', `the app credential ${file} cannot be used: ${problem}`], {
    hints: [hint],
  })
}
