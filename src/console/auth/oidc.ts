import { randomUUID } from 'node:crypto'
import * as oidc from 'openid-client'
import { oidcProvider } from '../../contract/entities/identity/oidc-provider.ts'
import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { parseNamespaceName } from '../../contract/namespace-name.ts'
import { isLoopback } from '../../contract/server-address.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import type { StoredObject } from '../store/store.ts'
import { metadataOption, metadataText } from './metadata.ts'
import { oidcClaims } from './oidc-claims.ts'
import { askProvider, configurationOf } from './oidc-configuration.ts'
import type { Issuing, Proof } from './proof.ts'

/** The first step: where to send the browser. The provider sends it back to `redirectURL` with code and state. */
export async function beginOidcLogin({ wanted, services }: Issuing): Promise<string> {
  const redirectUrl = checkRedirect(metadataText(wanted, 'redirectURL'), services.url)
  const namespace = metadataText(wanted, 'namespace')
  const stored = findProvider({ namespace, name: metadataOption(wanted, 'OIDCProviderName') }, services)
  const config = await configurationOf({ stored, redirectUrl })
  const verifier = oidc.randomPKCECodeVerifier()
  const nonce = oidc.randomNonce()
  const providerId = textOf(stored.object, 'ID')
  const state = services.oidcLogins.begin({ providerId, redirectUrl, verifier, nonce })
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUrl,
    scope: [...new Set(['openid', ...(stored.object['scopes'] as readonly string[])])].join(' '),
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  return url.href
}

/** The second step: what the browser brought back, for what the provider says about the person. */
export async function proofByOidc({ wanted, services }: Issuing): Promise<Proof> {
  const code = metadataText(wanted, 'code')
  const state = metadataText(wanted, 'state')
  const login = services.oidcLogins.take(state)
  const stored = login === undefined ? undefined : services.store.find(oidcProvider, login.providerId)
  if (login === undefined || stored === undefined) {
    throw refuse(401, 'This login is not known, was finished before, or took too long; begin again')
  }
  const url = new URL(login.redirectUrl)
  url.searchParams.set('code', code)
  url.searchParams.set('state', state)
  const said = await askProvider({ stored, redirectUrl: login.redirectUrl }, async (config) => {
    // The contract carries code and state only; the state says whose answer this has to be.
    url.searchParams.set('iss', config.serverMetadata().issuer)
    const checks = { pkceCodeVerifier: login.verifier, expectedNonce: login.nonce, expectedState: state }
    return allClaims(config, await oidc.authorizationCodeGrant(config, url, checks))
  })
  const { name, namespace, subjects } = stored.object as Record<string, string> & {
    readonly subjects: readonly string[]
  }
  const claims = oidcClaims(said, { name: name ?? '', namespace: namespace ?? '', subjects })
  if (claims === undefined) throw refuse(401, 'The provider said nothing about who this is, or too much')
  return { claims: { ...claims, jti: randomUUID() }, notAfterMs: Number.POSITIVE_INFINITY }
}

/**
 * The claims of the token, and what else the scopes are good for: most providers say that only when asked for
 * it with the other token. What the first one says counts more.
 */
async function allClaims(
  config: oidc.Configuration,
  tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
): Promise<Readonly<Record<string, unknown>>> {
  const claims = tokens.claims()
  if (claims === undefined) return {}
  if (config.serverMetadata().userinfo_endpoint === undefined) return claims
  return { ...(await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)), ...claims }
}

function findProvider(
  wanted: { readonly namespace: string; readonly name: string | undefined },
  services: ConsoleServices,
): StoredObject {
  const { store } = services
  const name = parseNamespaceName(wanted.namespace)
  const found: readonly WireObject[] = name.ok
    ? store.list(oidcProvider, {
        scope: { namespace: wanted.namespace, recursive: false, propagated: false },
        filter:
          wanted.name === undefined
            ? { kind: 'comparison', key: 'default', operator: '==', value: true }
            : { kind: 'comparison', key: 'name', operator: '==', value: wanted.name },
        order: [],
        paging: { type: 'page', page: 1, size: 1 },
        now: nowOf(services),
        complete: (object) => object,
      }).objects
    : []
  const stored = store.find(oidcProvider, textOf(found[0], 'ID'))
  if (stored === undefined) throw refuse(404, 'There is no such OIDC provider in this namespace')
  return stored
}

/** On this machine or at the Console itself: anywhere else the code could be read by somebody else. */
function checkRedirect(text: string, consoleUrl: string): string {
  if (URL.canParse(text) && isOwnPlace(new URL(text), new URL(consoleUrl).origin)) return text
  const attribute = 'metadata'
  throw refuse(422, {
    text: 'The redirectURL must be on the loopback or at the Console',
    data: { attribute },
  })
}

function isOwnPlace(url: URL, own: string): boolean {
  const isPlain = url.username === '' && url.hash === ''
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
  return isPlain && isWeb && (isLoopback(url) || url.origin === own)
}
