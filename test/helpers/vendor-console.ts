import { randomUUID } from 'node:crypto'
import { createServer } from 'node:https'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createRemoteJWKSet, jwtVerify, UnsecuredJWT } from 'jose'
import { makeCertificate } from '../lib/api/scripted-server.ts'
import type { TestOidcProvider } from './oidc-provider.ts'
import type { TestSamlProvider } from './saml-provider.ts'

/** What of node-saml is used here. Its own types bring those of a browser's document into every file. */
interface NodeSaml {
  SAML: new (options: object) => {
    getAuthorizeUrlAsync(relayState: string, host: undefined, options: object): Promise<string>
    validatePostResponseAsync(form: object): Promise<{ readonly profile: { readonly nameID: string } | null }>
  }
}
const { SAML } = createRequire(import.meta.url)('@node-saml/node-saml') as NodeSaml

/**
 * Plays the vendor's Console for the two realms that the embedded one does not have, SAML and Google, by
 * section 2.1 of the contract. Strict: it wants exactly the attributes that are written there, judges proofs with
 * real libraries (node-saml, jose), and answers anything else with an error.
 */
export interface VendorConsole {
  readonly url: string
  readonly caPem: string
  close(): void
}

export interface VendorRealms {
  readonly saml?: {
    readonly provider: TestSamlProvider
    readonly entityId: string
    readonly callbackUrl: string
  }
  readonly google?: { readonly provider: TestOidcProvider; readonly clientId: string }
}

type Json = Readonly<Record<string, unknown>>

class Refusal extends Error {
  readonly status: number
  constructor(status: number, why: string) {
    super(why)
    this.status = status
  }
}

interface Answer {
  readonly status: number
  readonly location?: string
  readonly body?: object | string
}

const terms = [
  'validity',
  'quota',
  'opaque',
  'audience',
  'restrictedNamespace',
  'restrictedPermissions',
  'restrictedNetworks',
]

export async function startVendorConsole(realms: VendorRealms): Promise<VendorConsole> {
  const { key, cert } = makeCertificate()
  const prove = { SAML: samlRealm(realms.saml), Google: googleRealm(realms.google) }
  const judge = async (line: string, body: string): Promise<Answer> => {
    if (line === 'GET /_meta/googleclientid' && realms.google !== undefined)
      return { status: 200, body: realms.google.clientId }
    if (line !== 'POST /issue') throw new Refusal(404, line)
    const asked = JSON.parse(body) as Json
    const { realm } = asked
    if (realm !== 'SAML' && realm !== 'Google') throw new Refusal(422, `realm ${String(realm)}`)
    const proof = await prove[realm](asked)
    if ('location' in proof) return { status: 302, location: proof.location }
    return { status: 200, body: { ...asked, token: tokenOf(asked, proof.claims) } }
  }
  const server = createServer({ key, cert }, (request, response) => {
    void text(request)
      .then((body) => judge(`${request.method ?? ''} ${request.url ?? ''}`, body))
      .catch((error: unknown): Answer => {
        const code = error instanceof Refusal ? error.status : 401
        return {
          status: code,
          body: [{ code, title: 'Refused', description: String(error), subject: 'test' }],
        }
      })
      .then(({ status, location, body }) => {
        const type = typeof body === 'string' ? 'text/plain' : 'application/json'
        const place = location === undefined ? {} : { location }
        response.writeHead(status, { 'content-type': type, ...place })
        response.end(typeof body === 'object' ? JSON.stringify(body) : body)
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caPem: cert,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

type Proof = { readonly location: string } | { readonly claims: Json }

/** These attributes, no others, and text in all of them. */
function exactly(value: unknown, names: readonly string[]): Readonly<Record<string, string>> {
  const given = (value ?? {}) as Json
  const rest = Object.keys(given).filter((name) => !names.includes(name))
  if (rest.length > 0) throw new Refusal(422, `not in the contract: ${rest.join()}`)
  if (Object.values(given).some((one) => typeof one !== 'string' || one === ''))
    throw new Refusal(422, 'not a text')
  return given as Record<string, string>
}

function onlyTerms(asked: Json, beside: string): void {
  const rest = Object.keys(asked).filter(
    (name) => name !== 'realm' && name !== beside && !terms.includes(name),
  )
  if (rest.length > 0) throw new Refusal(422, `not in the contract: ${rest.join()}`)
}

function samlRealm(known: VendorRealms['saml']): (asked: Json) => Promise<Proof> {
  const open = new Set<string>()
  return async (asked) => {
    if (known === undefined) throw new Refusal(501, 'no SAML here')
    onlyTerms(asked, 'metadata')
    const saml = new SAML({
      idpCert: known.provider.certificatePem,
      idpIssuer: known.provider.entityId,
      entryPoint: known.provider.signOnUrl,
      issuer: known.entityId,
      audience: known.entityId,
      callbackUrl: known.callbackUrl,
      wantAssertionsSigned: true,
      wantAuthnResponseSigned: false,
    })
    const metadata = asked['metadata'] as Json
    if ('redirectURL' in metadata) {
      const { redirectURL, namespace } = exactly(metadata, ['namespace', 'SAMLProviderName', 'redirectURL'])
      if (redirectURL !== known.callbackUrl) throw new Refusal(422, `redirectURL ${String(redirectURL)}`)
      if (namespace !== '/acme') throw new Refusal(404, 'namespace')
      const relayState = randomUUID()
      open.add(relayState)
      return { location: await saml.getAuthorizeUrlAsync(relayState, undefined, {}) }
    }
    const { SAMLResponse = '', relayState = '' } = exactly(metadata, ['SAMLResponse', 'relayState'])
    if (!open.delete(relayState)) throw new Refusal(401, 'no such login')
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse })
    return { claims: { realm: 'saml', sub: profile?.nameID } }
  }
}

function googleRealm(known: VendorRealms['google']): (asked: Json) => Promise<Proof> {
  return async (asked) => {
    if (known === undefined) throw new Refusal(501, 'no Google here')
    onlyTerms(asked, 'data')
    const keys = createRemoteJWKSet(new URL(`${known.provider.endpoint}/jwks`))
    const checks = { issuer: known.provider.endpoint, audience: known.clientId }
    const { payload } = await jwtVerify(String(asked['data']), keys, checks)
    return { claims: { realm: 'google', sub: payload.sub, data: { email: payload['email'] } } }
  }
}

/** Says in its claims what it was asked for; nobody checks who signed it. */
function tokenOf(asked: Json, claims: Json): string {
  const said = Object.fromEntries(terms.flatMap((name) => (name in asked ? [[name, asked[name]]] : [])))
  return new UnsecuredJWT({ ...claims, asked: said }).setIssuedAt().setExpirationTime('1h').encode()
}
