import { once } from 'node:events'
import { request } from 'node:https'
import WebSocket from 'ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  callConsole,
  issueTestToken,
  makeTestCredential,
  startTestConsole,
  type RawAnswer,
  type RawRequest,
  type TestConsole,
} from '../helpers/console.ts'

type Json = Record<string, unknown>
let console: TestConsole
let admin: string
let enforcerId: string

beforeAll(async () => {
  console = await startTestConsole()
  admin = await issueTestToken(console, { credential: console.adminCredential })
  for (const name of ['here', 'elsewhere']) {
    await call({ method: 'POST', path: '/namespaces', namespace: '/', body: { name } })
  }
  const made = await call({ method: 'POST', path: '/enforcers', body: { name: 'e', FQDN: 'e' } })
  enforcerId = (made.body as { ID: string }).ID
  await call({ method: 'POST', path: '/externalnetworks', body: { name: 'n', entries: ['10.0.0.0/8'] } })
})
afterAll(() => console.close())

const call = (asked: RawRequest): Promise<RawAnswer> =>
  callConsole(console, { token: admin, namespace: '/here', ...asked })
const issue = (more: Json): Promise<string> =>
  issueTestToken(console, { credential: console.adminCredential, more })
const network = { name: 'imported', entries: ['11.0.0.0/8'] }

/** A request of each kind of route there is that a token is asked for. */
const routes: Readonly<Record<string, () => RawRequest>> = {
  lists: () => ({ path: '/enforcers' }),
  counts: () => ({ method: 'HEAD', path: '/enforcers' }),
  reads: () => ({ path: `/enforcers/${enforcerId}` }),
  creates: () => ({ method: 'POST', path: '/enforcers', body: { name: 'x', FQDN: 'x' } }),
  replaces: () => ({ method: 'PUT', path: `/enforcers/${enforcerId}`, body: { name: 'e', FQDN: 'e' } }),
  changes: () => ({ method: 'PATCH', path: `/enforcers/${enforcerId}`, body: { description: 'x' } }),
  deletes: () => ({ method: 'DELETE', path: `/enforcers/${enforcerId}` }),
  'lists below an object': () => ({ path: `/enforcers/${enforcerId}/debugbundles` }),
  'counts below an object': () => ({ method: 'HEAD', path: `/enforcers/${enforcerId}/debugbundles` }),
  'creates below an object': () => ({
    method: 'POST',
    path: `/enforcers/${enforcerId}/enforcerrefreshes`,
    body: { ID: enforcerId, namespace: '/here' },
  }),
  beats: () => ({ path: `/enforcers/${enforcerId}/poke?status=Connected` }),
  imports: () => ({
    method: 'POST',
    path: '/import',
    body: { data: { label: 'l', data: { externalnetworks: [network] } } },
  }),
  'imports for good': () => ({
    method: 'POST',
    path: '/importreferences',
    body: { name: 'r', data: { data: { externalnetworks: [network] } } },
  }),
  exports: () => ({ method: 'POST', path: '/export', body: { identities: ['externalnetwork'] } }),
  'exports everything': () => ({ method: 'POST', path: '/export', body: {} }),
  'lists roles': () => ({ path: '/roles' }),
}

/** Restrictions under which none of them may be done. */
const restrictions: Readonly<Record<string, Json>> = {
  'another namespace': { restrictedNamespace: '/elsewhere' },
  'permissions for something else': { restrictedPermissions: ['account,post'] },
  'networks far away': { restrictedNetworks: ['192.0.2.0/24'] },
  'an audience of another namespace': { audience: 'aud:*:*:/elsewhere' },
  'an audience of another category': { audience: 'aud:create:accounts:/here' },
}
const cases = Object.keys(restrictions).flatMap((restriction) =>
  Object.keys(routes).map((route) => [restriction, route] as const),
)

describe('a token restricted to', () => {
  it.each(cases)('%s neither %s', async (restriction, route) => {
    const token = await issue(restrictions[restriction] ?? {})
    const answer = await call({ ...(routes[route]?.() ?? { path: '/' }), token })
    expect(answer.status).toBe(403)
  })

  it.each(Object.keys(restrictions))('%s hears nothing', async (restriction) => {
    const token = await issue(restrictions[restriction] ?? {})
    expect(await refusedSocket(token)).toBe(403)
  })

  it.each(Object.keys(restrictions))('%s cannot take over an open event socket', async (restriction) => {
    const socket = await openSocket(admin)
    const closed = once(socket, 'close')
    const token = await issue(restrictions[restriction] ?? {})
    socket.send(JSON.stringify({ parameters: { token: [token] } }))
    expect((await closed)[0]).toBe(1008)
  })

  it('an audience for writing may write and not listen', async () => {
    const token = await issue({ audience: 'aud:create:enforcers:/here' })
    expect((await call({ ...routes['creates']?.(), path: '/enforcers', token })).status).toBe(200)
    expect(await refusedSocket(token)).toBe(403)
  })

  it('an audience for one kind of object hears of that kind', async () => {
    const socket = await openSocket(await issue({ audience: 'aud:retrieve:externalnetworks:/here' }))
    const heard: unknown[] = []
    socket.on('message', (data: Buffer) => heard.push((JSON.parse(data.toString()) as Json)['identity']))
    await call({ method: 'POST', path: '/enforcers', body: { name: 'y', FQDN: 'y' } })
    const message = once(socket, 'message')
    await call({ method: 'POST', path: '/externalnetworks', body: { ...network, name: 'heard' } })
    await message
    expect(heard).toEqual(['externalnetwork'])
    socket.terminate()
  })

  it('permissions to import, and to nothing it would make, imports nothing', async () => {
    const token = await issue({ restrictedPermissions: ['import,post', 'importreference,post'] })
    expect((await call({ path: '/', ...routes['imports']?.(), token })).status).toBe(403)
    expect((await call({ path: '/', ...routes['imports for good']?.(), token })).status).toBe(403)
    const all = await call({ path: '/externalnetworks?q=name%20==%20imported' })
    expect(all.body).toEqual([])
  })

  it('permissions to export, and to read nothing, exports nothing', async () => {
    const token = await issue({ restrictedPermissions: ['export,post'] })
    expect((await call({ path: '/', ...routes['exports']?.(), token })).status).toBe(403)
  })

  it.each(Object.keys(restrictions).filter((restriction) => restriction !== 'networks far away'))(
    '%s is told so when it asks',
    async (restriction) => {
      const token = await issue(restrictions[restriction] ?? {})
      const asked = { namespace: '/here', operation: 'RetrieveMany', targetIdentities: ['enforcer', 'role'] }
      const may = await call({ method: 'POST', path: '/apichecks', token, body: asked })
      expect(may.body).toMatchObject({ authorized: { enforcer: false, role: false } })
    },
  )

  it.each([
    ['another namespace', ['/elsewhere']],
    ['an audience of another namespace', ['/elsewhere']],
    ['an audience of another category', ['/here']],
  ])('%s sees the namespaces it is for', async (restriction, names) => {
    const token = await issue(restrictions[restriction] ?? {})
    const list = await call({ path: '/accessiblenamespaces', token })
    expect((list.body as Json[]).map(({ name }) => name)).toEqual(names)
  })
})

describe('what vouched for a token', () => {
  const roles = ['@auth:role=namespace.administrator']
  const disable = (id: string): Promise<RawAnswer> =>
    call({ method: 'PATCH', path: `/appcredentials/${id}`, body: { disabled: true } })

  it('is looked at again when a request took its time', async () => {
    const credential = await makeTestCredential(console, { token: admin, namespace: '/here', roles })
    const token = await issueTestToken(console, { credential })
    const body = JSON.stringify({ name: 'slow', FQDN: 'slow' })
    const { hostname, port } = new URL(console.url)
    const slow = request({
      ...{ hostname, port, method: 'POST', path: '/enforcers', ca: console.caPem },
      headers: {
        authorization: `Bearer ${token}`,
        'x-namespace': '/here',
        'content-type': 'application/json',
        'content-length': body.length,
      },
    })
    const answered = once(slow, 'response')
    slow.write(body.slice(0, 5))
    // The Console has seen the headers, and let the request in, when it answers the next one.
    await call({ path: '/enforcers' })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect((await disable(credential.id)).status).toBe(200)
    slow.end(body.slice(5))
    const [response] = (await answered) as [{ statusCode: number; resume(): void }]
    response.resume()
    expect(response.statusCode).toBe(403)
    const found = await call({ path: `/enforcers?q=${encodeURIComponent('name == slow')}` })
    expect(found.body).toEqual([])
  })

  it('is looked at again before anything more is heard', async () => {
    const credential = await makeTestCredential(console, { token: admin, namespace: '/here', roles })
    const socket = await openSocket(await issueTestToken(console, { credential }))
    const heard: Json[] = []
    socket.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString()) as Json))
    const closed = once(socket, 'close')
    const change = (name: string): Promise<RawAnswer> =>
      call({ method: 'POST', path: '/enforcers', body: { name, FQDN: name } })
    await change('before')
    const [disabled] = await Promise.all([
      disable(credential.id),
      ...Array.from({ length: 20 }, () => change('after')),
    ])
    expect(disabled.status).toBe(200)
    await change('last')
    expect((await closed)[0]).toBe(1008)
    const names = heard.map(({ entity }) => (entity as Json)['name'])
    expect(names).toContain('before')
    expect(names).not.toContain('last')
    expect(names).not.toContain(credential.name)
  })

  it('goes with its namespace, and so do token and event socket', async () => {
    const made = await call({ method: 'POST', path: '/namespaces', body: { name: 'short' } })
    const namespace = '/here/short'
    const credential = await makeTestCredential(console, { token: admin, namespace, roles })
    const token = await issueTestToken(console, { credential })
    const socket = await openSocket(token, namespace)
    const closed = once(socket, 'close')
    await call({ method: 'DELETE', path: `/namespaces/${(made.body as { ID: string }).ID}` })
    expect((await closed)[0]).toBe(1008)
    expect((await call({ path: '/enforcers', token, namespace })).status).toBe(401)
  })

  it('changes what the token may do, on an open event socket too', async () => {
    const credential = await makeTestCredential(console, { token: admin, namespace: '/here', roles })
    const token = await issueTestToken(console, { credential })
    const socket = await openSocket(token)
    const closed = once(socket, 'close')
    const path = `/appcredentials/${credential.id}`
    await call({ method: 'PATCH', path, body: { authorizedSubnets: ['192.0.2.0/24'] } })
    expect((await closed)[0]).toBe(1008)
    expect((await call({ path: '/enforcers', token })).status).toBe(403)
  })
})

async function openSocket(token: string, namespace = '/here'): Promise<WebSocket> {
  const socket = new WebSocket(addressOf(token, namespace), { ca: console.caPem })
  await once(socket, 'open')
  return socket
}

async function refusedSocket(token: string): Promise<number> {
  const socket = new WebSocket(addressOf(token, '/here'), { ca: console.caPem })
  socket.on('error', () => undefined)
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
  socket.terminate()
  return response.statusCode
}

function addressOf(token: string, namespace: string): string {
  return `${console.url.replace('https', 'wss')}/events?namespace=${encodeURIComponent(namespace)}&token=${token}`
}

it('leaves nothing to complain about', () => {
  expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
})
