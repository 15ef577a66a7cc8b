import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** A real SAML 2.0 identity provider (samlify) on the loopback, with a page that takes any name. */
export interface TestSamlProvider {
  readonly entityId: string
  /** Where requests go to (HTTP-Redirect). */
  readonly signOnUrl: string
  /** What its assertions are signed with, PEM. */
  readonly certificatePem: string
  close(): void
}

/** Who may ask it, as it would be entered into a real one. */
export interface ServiceProvider {
  readonly entityId: string
  /** Where it posts its responses to. */
  readonly callbackUrl: string
}

/** What of the library is used here. Its own types bring those of a browser's document into every file. */
interface Samlify {
  setSchemaValidator(validator: { readonly validate: (xml: string) => Promise<string> }): void
  readonly Constants: {
    readonly namespace: { readonly binding: Readonly<Record<'redirect' | 'post', string>> }
  }
  IdentityProvider(settings: object): {
    parseLoginRequest(client: object, binding: 'redirect', request: object): Promise<object>
    createLoginResponse(...of: readonly unknown[]): Promise<{ readonly context: string }>
  }
  ServiceProvider(settings: object): object
}
const samlify = createRequire(import.meta.url)('samlify') as Samlify

// The library wants a validator of XML schemas to be chosen; all of them need Java or a native part.
samlify.setSchemaValidator({ validate: () => Promise.resolve('not looked at') })

const bindings = samlify.Constants.namespace.binding

/** Starts one that knows this service provider. It posts, by a form that submits itself, what it says of people. */
export async function startSamlProvider(known: ServiceProvider): Promise<TestSamlProvider> {
  const { key, cert } = makeSigningPair()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = samlify.IdentityProvider({
    entityID: `${base}/metadata`,
    privateKey: key,
    signingCert: cert,
    nameIDFormat: ['urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'],
    singleSignOnService: [{ Binding: bindings.redirect, Location: `${base}/sso` }],
  })
  const client = samlify.ServiceProvider({
    entityID: known.entityId,
    wantAssertionsSigned: true,
    assertionConsumerService: [{ Binding: bindings.post, Location: known.callbackUrl }],
  })
  const answer = async (request: IncomingMessage): Promise<string> => {
    const query = Object.fromEntries(new URL(request.url ?? '', base).searchParams)
    const asked = await provider.parseLoginRequest(client, 'redirect', { query })
    if (request.method !== 'POST') return loginPage
    const { username = '' } = Object.fromEntries(new URLSearchParams(await text(request)))
    const user = { email: `${username}@corp.example` }
    const relayState = query['RelayState'] ?? ''
    const made = await provider.createLoginResponse(client, asked, 'post', user, { relayState })
    return responsePage(known.callbackUrl, { SAMLResponse: made.context, RelayState: relayState })
  }
  server.on('request', (request, response) => {
    answer(request).then(
      (page) => response.writeHead(200, { 'content-type': 'text/html' }).end(page),
      (error: unknown) => response.writeHead(400).end(String(error)),
    )
  })
  return {
    entityId: `${base}/metadata`,
    signOnUrl: `${base}/sso`,
    certificatePem: cert,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Comes back to the same address, which holds the request. */
const loginPage =
  '<!doctype html><form method="post"><input name="username" value=""><input name="password" value=""></form>'

/** Submits itself where there are scripts; the person presses nothing. */
function responsePage(action: string, fields: Readonly<Record<string, string>>): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`,
  )
  return `<!doctype html><form method="post" action="${escaped(action)}">${inputs.join('')}</form>`
}

const escaped = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')

function makeSigningPair(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'saml-'))
  try {
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
    const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=provider']
    execFileSync('openssl', ['req', ...kind, ...files], { stdio: 'ignore' })
    return {
      key: readFileSync(join(folder, 'key.pem'), 'utf8'),
      cert: readFileSync(join(folder, 'cert.pem'), 'utf8'),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
