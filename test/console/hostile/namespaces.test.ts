import { once } from 'node:events'
import WebSocket from 'ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callConsole, issueTestToken, type RawRequest } from '../../helpers/console.ts'
import { besiege, type Besieged } from './besieged.ts'

let besieged: Besieged
beforeAll(async () => {
  besieged = await besiege()
})
afterAll(() => besieged.close())

type Row = readonly [what: string, asked: () => RawRequest, status: number | readonly number[]]

const other = '/other'
const { stringify } = JSON
const enforcerOf = (): string => `/enforcers/${besieged.prey.enforcer}`
const q = (filter: string): string => `q=${encodeURIComponent(filter)}`

const rows: readonly Row[] = [
  ['lists there', () => ({ path: '/enforcers', namespace: other }), 403],
  ['lists everywhere', () => ({ path: '/enforcers?recursive=true', namespace: '/' }), 403],
  ['counts there', () => ({ method: 'HEAD', path: '/enforcers', namespace: other }), 403],
  ['lists namespaces there', () => ({ path: '/namespaces', namespace: other }), 403],
  ['lists app credentials there', () => ({ path: '/appcredentials', namespace: other }), 403],
  ['reads there', () => ({ path: enforcerOf(), namespace: other }), 403],
  ['reads from above', () => ({ path: enforcerOf(), namespace: '/' }), 403],
  ['reads from home', () => ({ path: enforcerOf() }), 404],
  ['reads a credential from home', () => ({ path: `/appcredentials/${besieged.prey.credential}` }), 404],
  ['reads a namespace from home', () => ({ path: `/namespaces/${besieged.prey.namespace}` }), 404],
  ['reads one field from home', () => ({ path: enforcerOf(), headers: { 'x-fields': 'name' } }), 404],
  ['replaces from home', () => ({ method: 'PUT', path: enforcerOf(), body: { name: 'x', FQDN: 'x' } }), 404],
  ['changes from home', () => ({ method: 'PATCH', path: enforcerOf(), body: { description: 'x' } }), 404],
  ['deletes from home', () => ({ method: 'DELETE', path: enforcerOf() }), 404],
  [
    'deletes from home with override',
    () => ({ method: 'DELETE', path: `${enforcerOf()}?override=true` }),
    404,
  ],
  [
    'deletes a namespace from home',
    () => ({ method: 'DELETE', path: `/namespaces/${besieged.prey.namespace}` }),
    404,
  ],
  ['deletes there', () => ({ method: 'DELETE', path: enforcerOf(), namespace: other }), 403],
  ['beats for it', () => ({ path: `${enforcerOf()}/poke?status=Disconnected` }), 404],
  ['beats for it there', () => ({ path: `${enforcerOf()}/poke?status=Disconnected`, namespace: other }), 403],
  [
    'creates there',
    () => ({ method: 'POST', path: '/enforcers', namespace: other, body: { name: 'x', FQDN: 'x' } }),
    403,
  ],
  [
    'creates a namespace there',
    () => ({ method: 'POST', path: '/namespaces', namespace: other, body: { name: 'x' } }),
    403,
  ],
  [
    'creates a namespace by a way up',
    () => ({ method: 'POST', path: '/namespaces', body: { name: '../other/x' } }),
    422,
  ],
  [
    'creates a namespace by its full name',
    () => ({ method: 'POST', path: '/namespaces', body: { name: '/other/x' } }),
    422,
  ],
  [
    'creates an object that says it is there',
    () => ({ method: 'POST', path: '/enforcers', body: { name: 'x', FQDN: 'x', namespace: other } }),
    422,
  ],
  [
    'creates an object by an ID it knows',
    () => ({
      method: 'POST',
      path: '/enforcers',
      body: { name: 'x', FQDN: 'x', ID: besieged.prey.enforcer },
    }),
    422,
  ],
  [
    'moves an object there',
    () => ({ method: 'PATCH', path: `/enforcers/${besieged.own}`, body: { namespace: other } }),
    422,
  ],
  [
    'makes its enforcer another one',
    () => ({ method: 'PATCH', path: `/enforcers/${besieged.own}`, body: { ID: besieged.prey.enforcer } }),
    422,
  ],
  [
    'makes a credential there',
    () => ({
      method: 'POST',
      path: '/appcredentials',
      namespace: other,
      body: { name: 'x', roles: ['@auth:role=namespace.viewer'] },
    }),
    403,
  ],
  [
    'renews a credential of others',
    () => ({ method: 'PATCH', path: `/appcredentials/${besieged.prey.credential}`, body: { CSR: 'x' } }),
    404,
  ],
  [
    'filters for the namespace',
    () => ({ path: `/enforcers?recursive=true&${q(`namespace == "${other}"`)}` }),
    200,
  ],
  [
    'filters for the ID',
    () => ({ path: `/enforcers?recursive=true&${q(`ID == "${besieged.prey.enforcer}"`)}` }),
    200,
  ],
  [
    'filters for everything or something',
    () => ({ path: `/enforcers?recursive=true&${q('name exists or name not exists')}` }),
    200,
  ],
  [
    'filters for tags',
    () => ({ path: `/enforcers?recursive=true&${q('normalizedTags matches "secret"')}` }),
    200,
  ],
  ['asks what propagates', () => ({ path: '/enforcers?propagated=true&recursive=true' }), [200, 400]],
  [
    'exports there',
    () => ({ method: 'POST', path: '/export', namespace: other, body: { identities: ['enforcer'] } }),
    [403, 404, 501],
  ],
  [
    'exports everything from above',
    () => ({
      method: 'POST',
      path: '/export?recursive=true',
      namespace: '/',
      body: { identities: ['enforcer'] },
    }),
    [403, 404, 501],
  ],
  [
    'exports from home what is elsewhere',
    () => ({
      method: 'POST',
      path: `/export?${q(`namespace == "${other}"`)}`,
      body: { identities: ['externalnetwork', 'enforcer', 'namespace'] },
    }),
    [200, 400, 404, 422, 501],
  ],
  [
    'imports there',
    () => ({
      method: 'POST',
      path: '/import',
      namespace: other,
      body: { data: { data: { externalnetworks: [{ name: 'x' }] } } },
    }),
    [403, 404, 501],
  ],
  [
    'imports from home into there',
    () => ({
      method: 'POST',
      path: '/import',
      body: { data: { data: { externalnetworks: [{ name: 'x', namespace: other }] } } },
    }),
    [200, 204, 400, 404, 422, 501],
  ],
  [
    'asks whether it may there',
    () => ({
      method: 'POST',
      path: '/apichecks',
      namespace: other,
      body: { namespace: other, operation: 'Retrieve', targetIdentities: ['enforcer'] },
    }),
    [200, 403, 404],
  ],
  ['asks for a namespace that is not there', () => ({ path: '/enforcers', namespace: '/nowhere' }), 403],
  [
    'asks below home for one that is not there',
    () => ({ path: '/enforcers', namespace: '/mine/nowhere' }),
    404,
  ],
  ['names a way up', () => ({ path: '/enforcers', namespace: '/mine/../other' }), 400],
  ['names an encoded way up', () => ({ path: '/enforcers', namespace: '/mine/%2e%2e/other' }), 400],
  ['names it in capitals', () => ({ path: '/enforcers', namespace: '/OTHER' }), 403],
  ['names it with two slashes', () => ({ path: '/enforcers', namespace: '//other' }), 400],
  ['names it with a slash at the end', () => ({ path: '/enforcers', namespace: '/other/' }), 400],
  [
    'names two',
    () => ({ path: '/enforcers', headers: { 'x-namespace': ['/mine', '/other'] }, namespace: undefined }),
    400,
  ],
  ['names two in one', () => ({ path: '/enforcers', namespace: '/mine, /other' }), 400],
  ['names none', () => ({ path: '/enforcers', namespace: '' }), 400],
  ['names a pattern', () => ({ path: '/enforcers', namespace: '/%' }), 400],
  ['names a prefix', () => ({ path: '/enforcers', namespace: '/mineral' }), 403],
  ['names SQL', () => ({ path: '/enforcers', namespace: "/mine' OR '1'='1" }), 400],
  ['names a very long one', () => ({ path: '/enforcers', namespace: `/${'a'.repeat(10_000)}` }), [400, 403]],
]

describe('somebody of another namespace', () => {
  it.each(rows)('%s', async (_what, asked, status) => {
    const answer = await besieged.attack(asked())
    expect(typeof status === 'number' ? [status] : status, answer.bytes.toString('utf8')).toContain(
      answer.status,
    )
  })

  it('finds nothing with the cursor of somebody else', async () => {
    const { url, caPem } = besieged.console
    const page = await callConsole(
      { url, caPem },
      { path: '/enforcers?recursive=true&limit=1&order=-name', namespace: '/', token: besieged.admin },
    )
    const after = encodeURIComponent(String(page.headers['x-next']))
    const answer = await besieged.attack({
      path: `/enforcers?recursive=true&order=-name&limit=10&after=${after}`,
    })
    expect([200, 400]).toContain(answer.status)
  })

  it('gets no answer of somebody else for an idempotency key', async () => {
    const headers = { 'idempotency-key': 'shared' }
    const body = { name: 'same', FQDN: 'same' }
    const create = { method: 'POST', path: '/enforcers', headers, body }
    const first = await callConsole(besieged.console, { ...create, namespace: other, token: besieged.admin })
    const second = await besieged.attack(create)
    expect([first.status, second.status]).toEqual([200, 200])
    expect((second.body as { namespace: string }).namespace).toBe('/mine')
  })

  it('makes no larger token of its own', async () => {
    const { credential } = besieged.attacker
    for (const restrictedNamespace of ['/', other]) {
      const more = { restrictedNamespace }
      const token = await issueTestToken(besieged.console, { credential, more }).catch(() => undefined)
      if (token === undefined) continue
      expect((await besieged.attack({ path: '/enforcers', namespace: other, token })).status).toBe(403)
    }
  })

  it('hears nothing of it', async () => {
    const { url, caPem } = besieged.console
    const socket = new WebSocket(
      `${url.replace('https', 'wss')}/events?namespace=/mine&mode=all&token=${besieged.attacker.token}`,
      { ca: caPem },
    )
    socket.on('message', (data: Buffer) => besieged.saw(data))
    await once(socket, 'open')
    socket.send(stringify({ identities: { enforcer: [], namespace: [], appcredential: [] } }))
    const admin = { token: besieged.admin, namespace: other }
    await callConsole(besieged.console, {
      ...admin,
      method: 'PATCH',
      path: enforcerOf(),
      body: { logLevel: 'Debug' },
    })
    await callConsole(besieged.console, { ...admin, path: `${enforcerOf()}/poke?status=Connected` })
    // Its own change comes after those of the others: when that is here, so would they be.
    const heard = once(socket, 'message')
    await besieged.attack({
      method: 'PATCH',
      path: `/enforcers/${besieged.own}`,
      body: { logLevel: 'Debug' },
    })
    const [data] = (await heard) as [Buffer]
    expect(JSON.parse(data.toString('utf8'))).toMatchObject({ entity: { name: 'own' } })
    socket.terminate()
  })

  it.each(['/', other, '/mineral', '/mine/../other', ''])('opens no socket for %j', async (namespace) => {
    const { url, caPem } = besieged.console
    const query = `namespace=${encodeURIComponent(namespace)}&mode=all&token=${besieged.attacker.token}`
    const socket = new WebSocket(`${url.replace('https', 'wss')}/events?${query}`, { ca: caPem })
    socket.on('error', () => undefined)
    const [, response] = (await once(socket, 'unexpected-response')) as [
      unknown,
      AsyncIterable<Buffer> & { statusCode: number },
    ]
    for await (const chunk of response) besieged.saw(chunk)
    expect([400, 403]).toContain(response.statusCode)
    socket.terminate()
  })
})

it('none of this failed the Console, showed what belongs to others, or changed it', async () => {
  expect(besieged.damage()).toEqual([])
  const admin = { token: besieged.admin, namespace: other }
  const prey = await callConsole(besieged.console, { ...admin, path: enforcerOf() })
  expect(prey.body).toMatchObject({ logLevel: 'Debug', operationalStatus: 'Connected' })
  const all = await callConsole(besieged.console, { ...admin, path: '/enforcers?recursive=true' })
  expect(all.headers['x-count-total']).toBe('2')
  const spaces = await callConsole(besieged.console, { ...admin, path: '/namespaces?recursive=true' })
  expect(spaces.headers['x-count-total']).toBe('1')
})
