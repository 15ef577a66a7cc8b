import { join } from 'node:path'
import { openTokenFolder } from '../api/token-cache/token-folder.ts'
import type { KeptCredential } from '../api/login-credential.ts'
import type { ConsoleClient, ConsoleLogin } from '../api/console-client.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { Secret } from '../secrets/secret.ts'
import { trustIn } from './console-trust.ts'
import { consoleWorld } from './console-world.ts'
import type { CommandContext } from './context.ts'
import { proxyFromEnvironment } from './proxy-from-environment.ts'
import type { ConsoleFlags } from './flags/console-flags.ts'
import { credentialFile, readCredential } from './read-credential.ts'

/** A Console to talk to, and what has to reach hosts so that they can talk to it too. */
export interface ConnectedConsole {
  readonly client: ConsoleClient
  readonly api: string
  readonly namespace: string
  /** The authorities given or carried by the credential, PEM; undefined when the public ones serve. */
  readonly authoritiesPem: string | undefined
  /** Where the private key is that it logs in with; undefined for a token. */
  readonly keyPlace: string | undefined
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
  const credential = await readCredential(flags, context)
  const api = flags.api ?? credential?.api
  if (api === undefined) throw unknownConsole()
  const login = loginOf(flags, credential)
  const trust = await trustIn({ api, flags }, context)
  const { openConsole } = await import('../api/open-console.ts')
  const namespace = flags.namespace ?? credential?.namespace ?? ''
  const keptTokens = openTokenFolder(join(context.environment.dataDir, 'tokens'))
  const world = { ...consoleWorld(context), keptTokens }
  const proxy = proxyFromEnvironment(api, context.environment.env)
  const client = openConsole({ api, namespace, login, trust, proxy }, world)
  context.atEnd(() => client.close())
  return {
    client,
    api: client.api,
    namespace,
    authoritiesPem: trust.authoritiesPem ?? credential?.authorityPem,
    keyPlace: keyPlaceOf(login, credentialFile(flags, context)),
  }
}

function loginOf(flags: ConsoleFlags, credential: KeptCredential | undefined): ConsoleLogin {
  if (flags.token !== undefined) return { kind: 'token', token: new Secret(flags.token) }
  if (credential !== undefined) return { kind: 'app-credential', credential }
  throw new ApoctlError(['APO-INPUT-MISSING', 'nothing says who you are towards the Console'], {
    hints: ['Give --creds FILE, or set APOCTL_TOKEN.'],
  })
}

function keyPlaceOf(login: ConsoleLogin, file: string): string | undefined {
  if (login.kind !== 'app-credential') return undefined
  const key = login.credential.privateKeyPem
  return key instanceof Secret ? file : key.place
}

export function unknownConsole(): ApoctlError {
  return new ApoctlError(['APO-INPUT-MISSING', 'nothing says which Console to talk to'], {
    hints: [
      'Give --api URL, or --creds FILE, which knows its Console.',
      'Or start one here: apoctl console serve',
    ],
  })
}
