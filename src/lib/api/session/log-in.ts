import { createHash } from 'node:crypto'
import { Secret } from '../../secrets/secret.ts'
import type { ConsoleLimits, ConsoleLogin, ConsoleWorld } from '../console-client.ts'
import { issueToken } from '../endpoints/issue.ts'
import type { KeptCredential } from '../login-credential.ts'
import type { TokenTerms } from '../token-terms.ts'
import { traced } from '../wire/traced-wire.ts'
import { openUndiciWire } from '../wire/undici-wire.ts'
import type { ClientCertificate, WireOptions } from '../wire/wire.ts'
import { createCaller } from './caller.ts'
import { givenToken, issuedToken, type TokenSource } from './token-source.ts'

/** Getting a token is one small exchange; the official client gives it as long. */
const issueTimeoutMs = 30_000

/** Where to log in, and how to get there. */
export interface LoginPlace extends ConsoleWorld {
  readonly wireOptions: WireOptions
  readonly limits: ConsoleLimits
}

/** The tokens of a login; undefined for nobody's. */
export function tokenSourceFor(login: ConsoleLogin, place: LoginPlace): TokenSource | undefined {
  switch (login.kind) {
    case 'anonymous':
      return undefined
    case 'token':
      return givenToken(login.token)
    case 'app-credential':
      return certified({ certificate: login.credential, id: login.credential.id, ...login }, place)
    case 'certificate':
      return certified({ id: '', ...login }, place)
    default:
      return login satisfies never
  }
}

interface CertifiedLogin {
  readonly certificate: ClientCertificate | Pick<KeptCredential, 'certificatePem' | 'privateKeyPem'>
  /** Of the app credential; empty without one. */
  readonly id: string
  readonly terms?: TokenTerms | undefined
}

function certified(login: CertifiedLogin, place: LoginPlace): TokenSource {
  const { keptTokens: tokens } = place
  // A token that may be used only so often belongs to the run that asked for it.
  const mayBeKept = tokens !== undefined && (login.terms?.quota ?? 0) === 0
  const kept = mayBeKept ? { tokens, name: nameOf(login, place.wireOptions.origin) } : undefined
  return issuedToken(() => issueWithCertificate(login, place), { clock: place.clock, kept })
}

/**
 * Whose token, and what was asked for: another answer to any of it is another token. The key is part of
 * it, so that a certificate with a key that is not its own gets nowhere; of one that is kept elsewhere it is
 * what names it there, as a token that is still good must cost no question.
 */
function nameOf({ certificate, id, terms }: CertifiedLogin, api: string): string {
  const hash = createHash('sha256')
  const identity =
    'pkcs12' in certificate
      ? hash.update(certificate.pkcs12).update(certificate.passphrase.reveal())
      : hash.update(certificate.certificatePem).update(textOf(certificate.privateKeyPem))
  return JSON.stringify([api, id, identity.digest('hex'), terms ?? {}])
}

function textOf(key: KeptCredential['privateKeyPem']): string {
  return key instanceof Secret ? key.reveal() : key.id
}

async function withKey(certificate: CertifiedLogin['certificate']): Promise<ClientCertificate> {
  if ('pkcs12' in certificate) return certificate
  const { certificatePem, privateKeyPem: key } = certificate
  return { certificatePem, privateKeyPem: key instanceof Secret ? key : await key.read() }
}

/**
 * Logs in with a client certificate. That needs a connection of its own, which is closed again: a token
 * is wanted once in hours, and all other traffic must not depend on a certificate being asked for.
 */
async function issueWithCertificate(login: CertifiedLogin, place: LoginPlace): Promise<Secret> {
  const { wireOptions } = place
  const clientCertificate = await withKey(login.certificate)
  const wire = traced(openUndiciWire({ ...wireOptions, clientCertificate }), {
    ...place,
    origin: wireOptions.origin,
  })
  const caller = createCaller(
    {
      api: wireOptions.origin,
      proxy: wireOptions.proxy?.origin,
      namespace: '',
      limits: place.limits,
    },
    { wire, tokens: undefined, clock: place.clock, random: place.random },
  )
  try {
    const request = { realm: 'Certificate', ...login.terms } as const
    return await issueToken(request, { console: caller, timeoutMs: issueTimeoutMs })
  } finally {
    await wire.close()
  }
}
