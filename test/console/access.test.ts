import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import {
  callConsole,
  issueTestToken,
  makeTestCredential,
  startTestConsole,
  type RawAnswer,
  type RawRequest,
  type TestConsole,
} from '../helpers/console.ts'

let console: TestConsole
let admin: string

beforeAll(async () => {
  console = await startTestConsole()
  admin = await issueTestToken(console, { credential: console.adminCredential })
  for (const [namespace, name] of [
    ['/', 'a'],
    ['/a', 'b'],
    ['/', 'other'],
  ] as const) {
    await call({ method: 'POST', path: '/namespaces', token: admin, namespace, body: { name } })
  }
})
afterAll(() => console.close())

const call = (asked: RawRequest): Promise<RawAnswer> => callConsole(console, asked)
const as = async (name: string, more?: Record<string, unknown>): Promise<string> => {
  const roles = [`@auth:role=${name}`]
  const credential = await makeTestCredential(console, { token: admin, namespace: '/a', roles })
  return issueTestToken(console, { credential, ...(more === undefined ? {} : { more }) })
}

describe('an apicheck', () => {
  const check = (token: string, body: object): Promise<RawAnswer> =>
    call({ method: 'POST', path: '/apichecks', token, body })

  it('answers for each identity, to everybody, without a namespace in the header', async () => {
    const answer = await check(await as('infrastructure.administrator'), {
      namespace: '/a/b',
      operation: 'Create',
      targetIdentities: ['enforcer', 'namespace', 'nonsense', 'constructor'],
    })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      authorized: { enforcer: true, namespace: false, nonsense: false, constructor: false },
    })
  })

  it.each([
    ['/a', 'RetrieveMany', true],
    ['/a', 'Delete', false],
    ['/', 'RetrieveMany', false],
    ['/other', 'RetrieveMany', false],
  ])('in %s for %s says %s to a viewer of /a', async (namespace, operation, may) => {
    const body = { namespace, operation, targetIdentities: ['enforcer'] }
    expect((await check(await as('namespace.viewer'), body)).body).toMatchObject({
      authorized: { enforcer: may },
    })
  })

  it('knows the restrictions of the token', async () => {
    const token = await as('namespace.administrator', {
      restrictedNamespace: '/a/b',
      audience: 'aud:create:enforcers:/a/b',
    })
    const may = async (namespace: string, operation: string): Promise<unknown> =>
      (
        (await check(token, { namespace, operation, targetIdentities: ['enforcer'] })).body as Record<
          string,
          unknown
        >
      )['authorized']
    expect(await may('/a/b', 'Create')).toEqual({ enforcer: true })
    expect(await may('/a/b', 'Update')).toEqual({ enforcer: false })
    expect(await may('/a', 'Create')).toEqual({ enforcer: false })
  })

  it.each([
    [{ operation: 'Create', targetIdentities: ['enforcer'] }, "Attribute 'namespace' is required"],
    [{ namespace: '/a', operation: 'Create' }, "Attribute 'targetIdentities' is required"],
    [
      { namespace: '/a', operation: 'Eat', targetIdentities: ['x'] },
      "Data 'Eat' of attribute 'operation' is not in",
    ],
    [{ namespace: 'a', operation: 'Create', targetIdentities: ['x'] }, "Data 'a' of attribute 'namespace'"],
    [{ namespace: '/a//b', operation: 'Create', targetIdentities: ['x'] }, 'it has an empty part'],
  ])('refuses %j', async (body, text) => {
    const answer = await check(admin, body)
    expect(answer.status).toBe(422)
    expect(answer.bytes.toString()).toContain(text)
  })

  it('needs a token', async () => {
    expect((await call({ method: 'POST', path: '/apichecks', body: {} })).status).toBe(401)
  })
})

describe('accessible namespaces', () => {
  const names = async (token: string, query = ''): Promise<unknown> =>
    ((await call({ path: `/accessiblenamespaces${query}`, token })).body as { name: string }[]).map(
      ({ name }) => name,
    )

  it('are those in which the token may do anything', async () => {
    expect(await names(admin)).toEqual(['/', '/a', '/a/b', '/other'])
    expect(await names(await as('enforcer'))).toEqual(['/a', '/a/b'])
    expect(await names(await as('enforcer', { restrictedNamespace: '/a/b' }))).toEqual(['/a/b'])
    expect(await names(await as('enforcer', { restrictedNamespace: '/other' }))).toEqual([])
    expect(await names(await as('enforcer', { restrictedPermissions: ['namespace,get'] }))).toEqual([])
  })

  it('can be filtered and counted', async () => {
    expect(await names(admin, `?q=${encodeURIComponent('name contains "/a"')}`)).toEqual(['/a'])
    expect(await names(admin, `?q=${encodeURIComponent('name matches "^/a"')}`)).toEqual(['/a', '/a/b'])
    const counted = await call({ method: 'HEAD', path: '/accessiblenamespaces', token: admin })
    expect([counted.status, counted.headers['x-count-total']]).toEqual([204, '4'])
  })
})

describe('a token in a cookie', () => {
  const login = (): Promise<RawAnswer> => {
    const { certificate: cert, certificateKey: key } = console.adminCredential
    const body = { realm: 'Certificate', validity: '1h' }
    return call({ method: 'POST', path: '/issue?asCookie=true', body, client: { cert, key } })
  }
  const cookieOf = (answer: RawAnswer): string => String(answer.headers['set-cookie']).split(';')[0] ?? ''

  it('is out of reach of scripts, and its claims are in the answer', async () => {
    const answer = await login()
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^x-aporeto-token=ey[^;]+; Max-Age=3600; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
    )
    expect(answer.body).toMatchObject({ token: '', claims: { realm: 'certificate', iss: console.url } })
  })

  it('is as good as a header', async () => {
    const headers = { cookie: `a=b; ${cookieOf(await login())}` }
    expect((await call({ path: '/namespaces', namespace: '/', headers })).status).toBe(200)
    expect(
      (await call({ path: '/namespaces', namespace: '/', headers: { cookie: 'x-aporeto-token=' } })).status,
    ).toBe(401)
    // A header that is there and wrong is not made good by a cookie.
    const both = { ...headers, authorization: 'Bearer nonsense' }
    expect((await call({ path: '/namespaces', namespace: '/', headers: both })).status).toBe(401)
  })

  it('does nothing for pages of others', async () => {
    const cookie = cookieOf(await login())
    const write = (headers: Record<string, string>, namespace?: string): Promise<RawAnswer> =>
      call({
        method: 'POST',
        path: '/enforcers',
        namespace,
        headers: { cookie, ...headers },
        body: { name: 'x', FQDN: 'x' },
      })
    expect((await write({ origin: 'https://evil.example' }, '/')).status).toBe(403)
    expect((await write({ origin: 'null' }, '/')).status).toBe(403)
    expect((await write({ 'sec-fetch-site': 'cross-site' }, '/')).status).toBe(403)
    expect((await write({ 'sec-fetch-site': 'same-site' }, '/')).status).toBe(403)
    // What a form of another site could send has no such header.
    expect((await write({})).status).toBe(400)
    expect((await write({ origin: console.url, 'sec-fetch-site': 'same-origin' }, '/')).status).toBe(200)
    expect((await write({}, '/')).status).toBe(200)
  })

  it('opens the event socket for pages of the Console, and for no other', async () => {
    const cookie = cookieOf(await login())
    const open = (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve) => {
        const address = `${console.url.replace('https', 'wss')}/events?namespace=/a`
        const socket = new WebSocket(address, { ca: console.caPem, headers: { cookie, ...headers } })
        socket.on('error', () => undefined)
        socket.on('open', () => {
          socket.terminate()
          resolve(101)
        })
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
      })
    expect(await open({ origin: console.url })).toBe(101)
    expect(await open({ origin: 'https://evil.example' })).toBe(403)
    expect(await open({ origin: 'null' })).toBe(403)
    expect(await open({ 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await open({ cookie: 'x-aporeto-token=a.b.c', origin: console.url })).toBe(401)
  })

  it('goes with /logout', async () => {
    const answer = await call({ path: '/logout' })
    expect(answer.status).toBe(200)
    expect(String(answer.headers['set-cookie'])).toBe(
      'x-aporeto-token=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict',
    )
  })
})

describe('an API authorization', () => {
  const good = {
    name: 'p',
    subject: [['@auth:realm=vince', '@auth:account=x']],
    authorizedIdentities: ['@auth:role=namespace.viewer'],
  }
  const create = (more: object, token = admin): Promise<RawAnswer> =>
    call({
      method: 'POST',
      path: '/apiauthorizationpolicies',
      token,
      namespace: '/a',
      body: { ...good, ...more },
    })

  it.each([
    [{ subject: [['@auth:realm=vince']] }, 'Subject and line should contain at least 2 claims'],
    [
      { subject: [['@auth:account=x', '@auth:email=y']] },
      "Subject line 1 must contain the '@auth:realm' key",
    ],
    [
      { subject: [good.subject[0], ['@auth:realm=vince', '@auth:realm=vince']] },
      "Subject line 2 must contain only one '@auth:realm' key",
    ],
    [
      { subject: [['@auth:realm=vince', 'account=x']] },
      "Subject claims 'account=x' on line 1 must be prefixed by '@auth:'",
    ],
    [{ subject: [['@auth:realm=vince', '@auth:account']] }, "'@auth:account' on line 1 is an invalid tag"],
    [{ subject: [['@auth:realm=vince', '@auth:account=']] }, "'@auth:account=' on line 1 has no value"],
    [
      { subject: [['@auth:realm=oidc', '@auth:email=x']] },
      "The realm OIDC mandates to add the '@auth:namespace' key",
    ],
    [
      { subject: [['@auth:realm=saml', '@auth:email=x']] },
      "The realm SAML mandates to add the '@auth:namespace' key",
    ],
    [
      { subject: [['@auth:realm=certificate', '@auth:commonname=x']] },
      'App credentials carry their roles themselves',
    ],
    [{ authorizedIdentities: [] }, "Attribute 'authorizedIdentities' is required"],
    [{ authorizedIdentities: ['@auth:role=king'] }, "There is no role '@auth:role=king'"],
    [{ authorizedIdentities: ['enforcer,fly'] }, "There is no role 'enforcer,fly'"],
    [{ authorizedNamespaces: ['/other'] }, "'/other' is not '/a' or below it"],
    [{ authorizedNamespace: '/' }, "'/' is not '/a' or below it"],
    [{ authorizedNamespaces: ['a'] }, "'a' is not a namespace"],
    [{ authorizedSubnets: ['10.0.0.1'] }, "Attribute 'authorizedSubnets' must be a CIDR"],
    [{ activeSchedule: 'at noon', activeDuration: '1h' }, "'at noon' is not a schedule in cron notation"],
    [{ activeSchedule: '0 8 * * *' }, 'a schedule needs an activeDuration'],
    [{ activeSchedule: '0 0 30 2 *', activeDuration: '1h' }, 'never comes'],
    [{ activeDuration: 'long' }, 'must be a number followed by s, m or h'],
  ])('cannot be %j', async (more, text) => {
    const answer = await create(more)
    expect(answer.status).toBe(422)
    expect(answer.bytes.toString()).toContain(text)
  })

  it('cannot give more than its maker has, nor be changed to', async () => {
    const token = await as('infrastructure.administrator')
    const king = { authorizedIdentities: ['@auth:role=namespace.administrator'] }
    expect((await create(king, token)).status).toBe(403)
    expect((await create({ authorizedIdentities: ['namespace,post'] }, token)).status).toBe(403)
    const made = await create({ authorizedIdentities: ['enforcer,get,post'] }, token)
    expect(made.status).toBe(200)
    const path = `/apiauthorizationpolicies/${String((made.body as Record<string, unknown>)['ID'])}`
    expect((await call({ method: 'PATCH', path, token, namespace: '/a', body: king })).status).toBe(403)
  })

  it('cannot give beyond the audience and the permissions of a token', async () => {
    const narrow = await as('namespace.administrator', { audience: 'aud:create:apiauthorizationpolicies:/a' })
    expect((await create({}, narrow)).status).toBe(403)
    const restricted = await as('namespace.administrator', {
      restrictedPermissions: ['apiauthorizationpolicy,post', 'enforcer,get'],
    })
    expect((await create({}, restricted)).status).toBe(403)
    expect((await create({ authorizedIdentities: ['enforcer,get'] }, restricted)).status).toBe(200)
  })

  it('shows below when asked for what propagates, unless it hides', async () => {
    await create({ name: 'seen' })
    await create({ name: 'hidden', propagationHidden: true })
    const list = async (query: string): Promise<unknown[]> =>
      (
        (await call({ path: `/apiauthorizationpolicies${query}`, token: admin, namespace: '/a/b' })).body as {
          name: string
        }[]
      ).map(({ name }) => name)
    expect(await list('')).toEqual([])
    const propagated = await list('?propagated=true')
    expect(propagated).toContain('seen')
    expect(propagated).not.toContain('hidden')
  })
})

it('leaves nothing to complain about', () => {
  expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
})
