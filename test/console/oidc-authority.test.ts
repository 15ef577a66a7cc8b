import { execFileSync } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  callConsole,
  issueTestToken,
  startTestConsole,
  type RawAnswer,
  type TestConsole,
} from '../helpers/console.ts'
import { browse } from '../helpers/browser.ts'
import { jane, makeOidcProvider } from '../helpers/oidc-provider.ts'
import { startPrivateServer, type PrivateServer } from '../helpers/private-server.ts'

// A real provider over HTTPS, with a certificate that no public authority has signed, and which says about
// people only what it is asked for, when it is asked for it: the default of most.

const redirectURL = 'http://127.0.0.1:9/callback'
let console: TestConsole
let admin: string
let server: PrivateServer
let person: Record<string, unknown> = {}

beforeAll(async () => {
  console = await startTestConsole()
  admin = await issueTestToken(console, { credential: console.adminCredential })
  let answer: (request: IncomingMessage, response: ServerResponse) => unknown = () => undefined
  server = await startPrivateServer((request, response) => void answer(request, response))
  const provider = makeOidcProvider(server.url, {
    clients: [{ client_id: 'console', client_secret: 'hush', redirect_uris: [redirectURL] }],
    conformIdTokenClaims: true,
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...person }) }),
  })
  answer = provider.callback()
})
afterAll(async () => {
  await console.close()
  await server.close()
})

const declare = (name: string, more: object): Promise<RawAnswer> =>
  callConsole(console, {
    method: 'POST',
    path: '/oidcproviders',
    token: admin,
    namespace: '/',
    body: { name, endpoint: server.url, clientID: 'console', clientSecret: 'hush', ...more },
  })
const issue = (metadata: object): Promise<RawAnswer> =>
  callConsole(console, { method: 'POST', path: '/issue', body: { realm: 'OIDC', metadata } })
const begin = (OIDCProviderName: string): Promise<RawAnswer> =>
  issue({ namespace: '/', OIDCProviderName, redirectURL })

/** Declares a provider and logs in with it. */
async function logIn(name: string, more: object): Promise<RawAnswer> {
  const declared = await declare(name, { certificateAuthority: server.caPem, ...more })
  expect(declared.status, declared.bytes.toString()).toBe(200)
  const begun = await begin(name)
  expect(begun.status, begun.bytes.toString()).toBe(302)
  const { url } = await browse(String(begun.headers['location']), {
    typed: jane,
    stopAt: redirectURL,
    ca: server.caPem,
  })
  const given = new URL(url).searchParams
  return issue({ code: given.get('code') ?? '', state: given.get('state') ?? '' })
}
const claimsOf = (answer: RawAnswer) => {
  expect(answer.status, answer.bytes.toString()).toBe(200)
  return decodeJwt((answer.body as { token: string }).token)
}

describe('the authority of a provider', () => {
  it('is the one that is named, and then a login works', async () => {
    expect(claimsOf(await logIn('named', {}))).toMatchObject({ sub: 'jane', data: { provider: 'named' } })
  })

  it('is a public one when none is named', async () => {
    await declare('unnamed', {})
    expect((await begin('unnamed')).status).toBe(503)
  })

  it('is no other than the one that is named', async () => {
    await declare('another', { certificateAuthority: console.caPem })
    expect((await begin('another')).status).toBe(503)
  })

  it('may come with others in the same text', async () => {
    await declare('several', { certificateAuthority: `${console.caPem.trim()}\n${server.caPem}` })
    expect((await begin('several')).status).toBe(302)
  })

  it.each([
    ['no PEM', 'Unable to decode PEM'],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'The CA 0 is not a valid CA'],
    [execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519']).toString(), 'The CA 0 is not a valid CA'],
  ])('is none that is %.27j', async (certificateAuthority, text) => {
    const answer = await declare('bad', { certificateAuthority })
    expect(answer.status).toBe(422)
    expect(answer.body).toMatchObject([{ data: { attribute: 'certificateAuthority' } }])
    expect(answer.bytes.toString()).toContain(text)
  })
})

describe('what a provider says', () => {
  it('is as much as the scopes ask for', async () => {
    person = { email: 'jane@corp.example', groups: ['ops'] }
    expect(claimsOf(await logIn('little', {}))['data']).not.toHaveProperty('email')
    expect(claimsOf(await logIn('more', { scopes: ['profile'] }))['data']).toMatchObject({
      subject: 'jane',
      email: 'jane@corp.example',
      'groups:ops': 'true',
    })
  })

  it('names the subject in the first of the claims that are named and there', async () => {
    person = { email: 'jane@corp.example' }
    const more = { scopes: ['profile'], subjects: ['upn', 'email', 'sub'] }
    expect(claimsOf(await logIn('first', more)).sub).toBe('jane@corp.example')
  })

  it('names nobody when none of them is there', async () => {
    const answer = await logIn('nobody', { subjects: ['upn'] })
    expect([answer.status, answer.body]).toMatchObject([401, [{ title: 'Unauthorized' }]])
  })

  it('is not believed about an address that it has not verified', async () => {
    person = { email: 'king@corp.example', email_verified: false }
    const claims = claimsOf(await logIn('liar', { scopes: ['profile'], subjects: ['email', 'sub'] }))
    expect(claims.sub).toBe('jane')
    expect(claims['data']).not.toHaveProperty('email')
  })
})

describe('a provider', () => {
  it.each([['two words'], ['"quoted"'], [''], ['line\nbreak']])('has no scope %j', async (scope) => {
    const answer = await declare('scoped', { scopes: [scope] })
    expect([answer.status, answer.body]).toMatchObject([422, [{ data: { attribute: 'scopes' } }]])
  })

  it('is the default alone', async () => {
    expect((await declare('default', { default: true })).status).toBe(200)
    const second = await declare('second', { default: true })
    expect([second.status, second.bytes.toString()]).toEqual([
      422,
      expect.stringContaining("'default' is the default of the namespace already"),
    ])
  })
})

it('leaves nothing to complain about', () => {
  expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
})
