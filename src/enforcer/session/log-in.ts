import { readFile } from 'node:fs/promises'
import type { ConsoleClient, ConsoleLogin } from '../../lib/api/console-client.ts'
import type { LoginCredential } from '../../lib/api/login-credential.ts'
import { openConsole } from '../../lib/api/open-console.ts'
import type { WireTrust } from '../../lib/api/wire/wire.ts'
import { ApoctlError } from '../../lib/errors/apoctl-error.ts'
import type { Secret } from '../../lib/secrets/secret.ts'
import type { EnforcerConfiguration } from '../config/enforcer-configuration.ts'
import type { HostFacts } from '../host/host-facts.ts'
import { forgetToken, loadCredential, saveCredential } from './credential-store.ts'
import { persevere } from './persevere.ts'
import { endRegistration, registerEnforcer } from './register.ts'
import type { SessionWorld } from './session-world.ts'

export interface LoginOptions {
  readonly configuration: EnforcerConfiguration
  readonly configurationFile: string
  readonly facts: HostFacts
}

/** One attempt of the agent may not take longer: its own patience is endless. */
const callTimeoutMs = 30_000
const stuckAfterMs = 5 * 60_000

/**
 * Logs in with the enforcer's own app credential, registering for one first when only a token is there.
 * Tries for ever. Rejects with APO-ENFORCER-CONFIG when there is nothing to log in with.
 */
export async function logIn(options: LoginOptions, world: SessionWorld): Promise<ConsoleClient> {
  const { configuration, configurationFile } = options
  const stored = await loadCredential(configuration.credentialPath)
  const login = { stored, token: configuration.token }
  const credential = await persevere(
    {
      name: 'log in to the Console',
      stuckAfterMs,
      attempt: () => obtainCredential({ ...options, ...login }, world),
      hopeless: (error) => error instanceof ApoctlError && error.code === 'APO-ENFORCER-CONFIG',
    },
    world,
  )
  if (await forgetToken(configurationFile))
    world.log.info('registration token removed', { file: configurationFile })
  const trust = await trustOf(options, credential.authorityPem)
  return connect({ kind: 'app-credential', credential }, { ...options, trust, world })
}

type Holding = LoginOptions & {
  readonly stored: LoginCredential | undefined
  readonly token: Secret | undefined
}

/** The stored credential, unless a token was given since and the Console does not take the credential. */
async function obtainCredential(have: Holding, world: SessionWorld): Promise<LoginCredential> {
  const { stored, token } = have
  if (!token) {
    if (stored) return stored
    const { credentialPath } = have.configuration
    throw new ApoctlError([
      'APO-ENFORCER-CONFIG',
      `there is no app credential in ${credentialPath} and no token in ${have.configurationFile}`,
    ])
  }
  if (stored && (await isAccepted(stored, { ...have, world }))) return stored
  return registerWith(token, { ...have, world })
}

async function isAccepted(
  credential: LoginCredential,
  have: Holding & { readonly world: SessionWorld },
): Promise<boolean> {
  const trust = await trustOf(have, credential.authorityPem)
  const console = connect({ kind: 'app-credential', credential }, { ...have, trust })
  try {
    await console.token({ signal: have.world.signal })
    return true
  } catch (error) {
    const refused = error instanceof ApoctlError && ['APO-API-AUTH', 'APO-API-FORBIDDEN'].includes(error.code)
    if (refused) return false
    throw error
  } finally {
    await console.close()
  }
}

async function registerWith(
  token: Secret,
  have: Holding & { readonly world: SessionWorld },
): Promise<LoginCredential> {
  const { configuration, facts, world } = have
  const trust = await trustOf(have, undefined)
  const console = connect({ kind: 'token', token }, { ...have, trust })
  try {
    const { namespace, stateFolder, credentialPath } = configuration
    const { signal } = world
    const { fqdn, machineId } = facts
    const credential = await registerEnforcer({ namespace, stateFolder, fqdn, machineId, signal }, console)
    await saveCredential(credentialPath, credential)
    await endRegistration(stateFolder)
    world.log.info('registered', { namespace, credential: credential.id })
    return credential
  } finally {
    await console.close()
  }
}

/** The operator's authority, the credential's own, and whatever this host trusts. */
async function trustOf(options: LoginOptions, own: string | undefined): Promise<WireTrust> {
  const { authorityPath, skipVerify } = options.configuration
  const given = authorityPath === undefined ? undefined : await readAuthority(authorityPath)
  const authorities = [given, own].filter((pem) => pem !== undefined)
  return {
    skipVerify,
    authoritiesPem: authorities.length === 0 ? undefined : authorities.join('\n'),
    publicAuthoritiesPem: options.facts.publicAuthoritiesPem,
  }
}

async function readAuthority(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new ApoctlError(['APO-ENFORCER-CONFIG', `the certificate authority ${path} cannot be read`], {
      cause: error,
    })
  }
}

function connect(
  login: ConsoleLogin,
  how: LoginOptions & { readonly trust: WireTrust; readonly world: SessionWorld },
): ConsoleClient {
  const { api, namespace } = how.configuration
  // Its own patience is above it: persevere() logs each failure and backs off for ever.
  return openConsole(
    { api, namespace, login, trust: how.trust, limits: { callTimeoutMs, attempts: 1 } },
    how.world,
  )
}
