import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  callConsole,
  issueTestToken,
  makeTestCredential,
  startTestConsole,
  type RawAnswer,
  type TestConsole,
} from '../helpers/console.ts'
import { browseOidc, realProvider } from '../helpers/oidc.ts'

type Json = Record<string, unknown>
const redirectURL = 'http://127.0.0.1:9/callback'
let console: TestConsole
let admin: string
let server: Server
let endpoint: string
let nowMs = Date.now()

beforeAll(async () => {
  console = await startTestConsole({ nowMs: () => nowMs })
  admin = await issueTestToken(console, { credential: console.adminCredential })
  await create('/namespaces', { name: 'a' }, '/')
  server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const answer = realProvider(endpoint, redirectURL).callback()
  server.on('request', (request, response) => void answer(request, response))
  const made = await create('/oidcproviders', providerOf('corp'))
  expect(made.status, made.bytes.toString()).toBe(200)
})
afterAll(async () => {
  await console.close()
  server.closeAllConnections()
  server.close()
})

const providerOf = (name: string): Json => ({
  name,
  endpoint,
  clientID: 'console',
  clientSecret: 'hush',
  scopes: ['profile'],
  subjects: ['email'],
})
const create = (path: string, body: object, namespace = '/a', token = admin): Promise<RawAnswer> =>
  callConsole(console, { method: 'POST', path, token, namespace, body })
const issue = (metadata: object): Promise<RawAnswer> =>
  callConsole(console, { method: 'POST', path: '/issue', body: { realm: 'OIDC', metadata } })
const begin = (more: object = {}): Promise<RawAnswer> =>
  issue({ namespace: '/a', OIDCProviderName: 'corp', redirectURL, ...more })

const back = async (): Promise<{ code: string; state: string }> => {
  const answer = await begin()
  expect(answer.status, answer.bytes.toString()).toBe(302)
  const given = await browseOidc(String(answer.headers['location']), { redirectURL, fetch })
  return { code: given.get('code') ?? '', state: given.get('state') ?? '' }
}

describe('a login with an OIDC provider', () => {
  it('asks for a code, bound to this login', async () => {
    const answer = await begin()
    expect(answer.status).toBe(302)
    const { searchParams } = new URL(String(answer.headers['location']))
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'console',
      redirect_uri: redirectURL,
      scope: 'openid profile',
      code_challenge_method: 'S256',
      nonce: expect.stringMatching(/.{20}/),
      state: expect.stringMatching(/.{40}/),
    })
  })

  it('brings what the provider says, which policies give roles to', async () => {
    const answer = await issue(await back())
    expect(answer.status, answer.bytes.toString()).toBe(200)
    const { token } = answer.body as { token: string }
    expect(decodeJwt(token)).toMatchObject({
      realm: 'oidc',
      sub: 'jane@corp.example',
      data: {
        realm: 'oidc',
        namespace: '/a',
        provider: 'corp',
        subject: 'jane@corp.example',
        email: 'jane@corp.example',
        'groups:ops': 'true',
      },
    })
    const list = async (): Promise<number> =>
      (await callConsole(console, { path: '/enforcers', token, namespace: '/a' })).status
    expect(await list()).toBe(403)
    await create('/apiauthorizationpolicies', {
      name: 'ops',
      subject: [['@auth:realm=oidc', '@auth:namespace=/a', '@auth:groups:ops=true']],
      authorizedIdentities: ['@auth:role=namespace.viewer'],
    })
    expect(await list()).toBe(200)
  })

  it('can be finished once, in time, with its own code and state', async () => {
    const given = await back()
    expect((await issue({ ...given, state: 'guessed' })).status).toBe(401)
    expect((await issue(given)).status).toBe(200)
    expect((await issue(given)).status).toBe(401)
    const other = await back()
    expect((await issue({ ...other, code: 'guessed' })).status).toBe(401)
    expect((await issue(other)).status).toBe(401)
    const late = await back()
    nowMs += 600_000
    expect((await issue(late)).status).toBe(401)
  })

  it.each([
    [{ redirectURL: 'https://evil.example/' }, 422],
    [{ redirectURL: 'http://127.0.0.1.evil.example/' }, 422],
    [{ redirectURL: 'http://user@127.0.0.1/' }, 422],
    [{ redirectURL: 'javascript:alert(1)' }, 422],
    [{ redirectURL: undefined }, 422],
    [{ namespace: undefined }, 422],
    [{ namespace: '/' }, 404],
    [{ namespace: 'a' }, 404],
    [{ OIDCProviderName: 'nobody' }, 404],
    [{ OIDCProviderName: undefined }, 404],
  ])('does not begin with %j', async (more, status) => {
    expect((await begin(more)).status).toBe(status)
  })

  it('says when the provider is not there', async () => {
    await create('/oidcproviders', { ...providerOf('gone'), endpoint: 'http://127.0.0.1:9', default: true })
    expect((await begin({ OIDCProviderName: undefined })).status).toBe(503)
  })
})

describe('a provider', () => {
  it('keeps its secret', async () => {
    const list = await callConsole(console, { path: '/oidcproviders', token: admin, namespace: '/a' })
    expect(list.bytes.toString()).not.toContain('hush')
    const [first] = (list.body as Json[]).filter(({ name }) => name === 'corp')
    const path = `/oidcproviders/${String(first?.['ID'])}`
    const change = { path, token: admin, namespace: '/a' }
    expect((await callConsole(console, { ...change, method: 'PUT', body: first })).status).toBe(200)
    const patch = { ...change, method: 'PATCH', body: { description: 'x' } }
    expect((await callConsole(console, patch)).status).toBe(200)
    expect((await issue(await back())).status).toBe(200)
  })

  it.each([
    [{ endpoint: 'http://corp.example' }, 422],
    [{ endpoint: 'file:///etc/passwd' }, 422],
    [{ clientSecret: '' }, 422],
  ])('cannot be %j', async (more, status) => {
    expect((await create('/oidcproviders', { ...providerOf('x'), ...more })).status).toBe(status)
  })

  it('cannot be declared by who may less than the people it could speak for', async () => {
    await create('/apiauthorizationpolicies', {
      name: 'kings',
      subject: [['@auth:realm=oidc', '@auth:namespace=/a', '@auth:email=king@corp.example']],
      authorizedIdentities: ['@auth:role=namespace.administrator'],
    })
    const roles = ['@auth:role=infrastructure.administrator']
    const credential = await makeTestCredential(console, { token: admin, namespace: '/a', roles })
    const token = await issueTestToken(console, { credential })
    expect((await create('/oidcproviders', providerOf('mine'), '/a', token)).status).toBe(403)
  })
})

it('leaves nothing to complain about', () => {
  expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
})
