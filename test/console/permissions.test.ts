import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeKeyPair } from '../../src/lib/secrets/key-pair.ts'
import type { AppCredentialFile } from '../../src/contract/app-credential-file.ts'
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
let nowMs = Date.now()

beforeAll(async () => {
  console = await startTestConsole({ nowMs: () => nowMs })
  admin = await issueTestToken(console, { credential: console.adminCredential, more: { validity: '700h' } })
  for (const [namespace, name] of [
    ['/', 'a'],
    ['/', 'other'],
  ] as const) {
    await call({ method: 'POST', path: '/namespaces', token: admin, namespace, body: { name } })
  }
})
afterAll(() => console.close())

const call = (asked: RawRequest): Promise<RawAnswer> => callConsole(console, { namespace: '/a', ...asked })
const bodyOf = (answer: RawAnswer): Json => answer.body as Json
const role = (name: string): string => `@auth:role=${name}`
const as = async (...names: readonly string[]): Promise<string> => {
  const credential = await makeTestCredential(console, {
    token: admin,
    namespace: '/a',
    roles: names.map(role),
  })
  return issueTestToken(console, { credential, more: { validity: '700h' } })
}

describe('roles', () => {
  it('are listed with what they allow', async () => {
    const roles = (await call({ path: '/roles', token: admin })).body as Json[]
    expect(roles.map((each) => each['key'])).toEqual([
      role('namespace.administrator'),
      role('namespace.viewer'),
      role('infrastructure.administrator'),
      role('infrastructure.viewer'),
      role('application.developer'),
      role('application.viewer'),
      role('enforcer'),
      role('enforcer.runtime'),
      role('enforcer-installer'),
    ])
    expect(Object.keys(roles[0] ?? {}).sort()).toEqual([
      'authorizations',
      'description',
      'key',
      'name',
      'private',
    ])
  })

  it.each([
    ['namespace.administrator', 'GET', '/namespaces', 200],
    ['namespace.administrator', 'POST', '/namespaces', 200],
    ['namespace.viewer', 'GET', '/namespaces', 200],
    ['namespace.viewer', 'HEAD', '/namespaces', 204],
    ['namespace.viewer', 'POST', '/namespaces', 403],
    ['namespace.viewer', 'DELETE', '/enforcers/x', 403],
    ['infrastructure.administrator', 'POST', '/enforcers', 200],
    ['infrastructure.administrator', 'POST', '/namespaces', 403],
    ['infrastructure.administrator', 'GET', '/namespaces', 200],
    ['infrastructure.viewer', 'GET', '/enforcers', 200],
    ['infrastructure.viewer', 'POST', '/enforcers', 403],
    ['application.developer', 'GET', '/processingunits', 200],
    ['application.developer', 'GET', '/enforcers', 403],
    ['application.developer', 'GET', '/appcredentials', 403],
    ['application.viewer', 'GET', '/processingunits', 200],
    ['application.viewer', 'POST', '/processingunits', 403],
    ['enforcer', 'GET', '/namespaces', 403],
    ['enforcer', 'GET', '/roles', 403],
    ['enforcer-installer', 'GET', '/enforcers', 200],
    ['enforcer-installer', 'POST', '/enforcers', 403],
  ])('%s: %s %s answers %i', async (name, method, path, status) => {
    const token = await as(name)
    const suffix = Math.random().toString(36).slice(2)
    const body = method === 'POST' ? { name: `x${suffix}`, FQDN: 'x' } : undefined
    expect((await call({ method, path, token, body })).status).toBe(status)
  })

  it.each(['namespace.viewer', 'infrastructure.viewer', 'application.viewer', 'enforcer-installer'])(
    '%s cannot send heartbeats, though they are GETs',
    async (name) => {
      const body = { name: 'quiet', FQDN: 'x' }
      const made = bodyOf(await call({ method: 'POST', path: '/enforcers', token: admin, body }))
      const path = `/enforcers/${String(made['ID'])}/poke`
      expect((await call({ path, token: await as(name) })).status).toBe(403)
      expect((await call({ path, token: admin })).status).toBe(200)
    },
  )

  it('add up', async () => {
    const token = await as('application.viewer', 'infrastructure.administrator')
    expect((await call({ path: '/enforcers', token })).status).toBe(200)
  })

  it('cannot be given by who has less', async () => {
    const grant = async (from: string, to: string): Promise<number> => {
      const body = { name: 'x', roles: [role(to)] }
      return (await call({ method: 'POST', path: '/appcredentials', token: await as(from), body })).status
    }
    expect(await grant('infrastructure.administrator', 'namespace.administrator')).toBe(403)
    expect(await grant('infrastructure.administrator', 'infrastructure.viewer')).toBe(200)
    expect(await grant('enforcer-installer', 'enforcer')).toBe(200)
    expect(await grant('enforcer-installer', 'namespace.viewer')).toBe(403)
    expect(await grant('enforcer', 'enforcer')).toBe(200)
    expect(await grant('enforcer', 'namespace.viewer')).toBe(403)
    expect(await grant('namespace.administrator', 'no.such')).toBe(422)
  })

  it('cannot be taken by renewing the credential of who has more', async () => {
    const token = await as('infrastructure.administrator')
    const strong = await makeTestCredential(console, {
      token: admin,
      namespace: '/a',
      roles: [role('namespace.administrator')],
    })
    const { requestPem } = await makeKeyPair()
    const path = `/appcredentials/${strong.id}`
    for (const body of [
      { CSR: requestPem },
      { CSR: requestPem, roles: [role('enforcer')] },
      { authorizedSubnets: [] },
    ]) {
      expect((await call({ method: 'PATCH', path, token, body })).status).toBe(403)
    }
  })

  it('cannot be taken from a restricted token either', async () => {
    const token = await issueTestToken(console, {
      credential: console.adminCredential,
      more: { restrictedPermissions: [role('enforcer')], restrictedNamespace: '/a' },
    })
    const give = (to: string): Promise<RawAnswer> =>
      call({ method: 'POST', path: '/appcredentials', token, body: { name: 'x', roles: [role(to)] } })
    expect((await give('namespace.administrator')).status).toBe(403)
    expect((await give('enforcer')).status).toBe(200)
  })
})

describe('namespaces', () => {
  it('are closed to each other', async () => {
    const inside = await as('namespace.administrator')
    const made = bodyOf(
      await call({
        method: 'POST',
        path: '/enforcers',
        token: admin,
        namespace: '/other',
        body: { name: 'o', FQDN: 'o' },
      }),
    )
    const path = `/enforcers/${String(made['ID'])}`
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : { name: 'p' }
      expect((await call({ method, path, token: inside, body })).status).toBe(404)
      expect((await call({ method, path, token: inside, body, namespace: '/other' })).status).toBe(403)
      expect((await call({ method, path, token: inside, body, namespace: '/' })).status).toBe(403)
    }
    expect((await call({ path: `${path}/poke`, token: inside })).status).toBe(404)
    expect((await call({ path: '/enforcers?recursive=true&q=name==o', token: inside })).body).toEqual([])
    expect((await call({ path, token: admin, namespace: '/other' })).status).toBe(200)
  })

  it.each([undefined, '', 'a', '/a/', '/a//b', '/../a', '/a\u00e9'])(
    'have to be named properly: %j',
    async (namespace) => {
      const headers: Record<string, string> = namespace === undefined ? {} : { 'x-namespace': namespace }
      const answer = await callConsole(console, { path: '/enforcers', token: admin, headers })
      expect(answer.status).toBe(400)
    },
  )
})

describe('an enforcer', () => {
  let registration: string
  let own: AppCredentialFile
  let token: string
  let id: string
  let other: string

  const register = async (
    name: string,
  ): Promise<{ credential: AppCredentialFile; token: string; id: string }> => {
    const credential = await makeTestCredential(console, {
      token: registration,
      namespace: '/a',
      roles: [role('enforcer')],
    })
    const its = await issueTestToken(console, { credential, more: { validity: '700h' } })
    const body = { name, FQDN: `${name}.example`, machineID: name }
    const made = bodyOf(await call({ method: 'POST', path: '/enforcers', token: its, body }))
    return { credential, token: its, id: String(made['ID']) }
  }

  beforeAll(async () => {
    registration = await issueTestToken(console, {
      credential: console.adminCredential,
      more: { restrictedPermissions: [role('enforcer')], restrictedNamespace: '/a', validity: '700h' },
    })
    other = (await register('other')).id
    ;({ credential: own, token, id } = await register('mine'))
  })

  it('registers once', async () => {
    const body = { name: 'second', FQDN: 'second' }
    expect((await call({ method: 'POST', path: '/enforcers', token, body })).status).toBe(403)
  })

  it('sees and changes itself, and no other', async () => {
    expect(((await call({ path: '/enforcers', token })).body as Json[]).map((each) => each['ID'])).toEqual([
      id,
    ])
    expect(((await call({ path: '/enforcers?recursive=true&q=name!=x', token })).body as Json[]).length).toBe(
      1,
    )
    expect((await call({ method: 'HEAD', path: '/enforcers', token })).headers['x-count-total']).toBe('1')
    const patch = { method: 'PATCH', token, body: { description: 'hello' } }
    expect((await call({ ...patch, path: `/enforcers/${id}` })).status).toBe(200)
    expect((await call({ ...patch, path: `/enforcers/${other}` })).status).toBe(404)
    expect((await call({ method: 'DELETE', path: `/enforcers/${other}`, token })).status).toBe(404)
    expect((await call({ path: `/enforcers/${other}/poke`, token })).status).toBe(404)
  })

  it('has processing units of its own, and no others', async () => {
    const unit = (enforcerID: string): RawRequest => ({
      method: 'POST',
      path: '/processingunits',
      token,
      body: { name: 'host', type: 'Host', enforcerID },
    })
    expect((await call(unit(other))).status).toBe(403)
    expect((await call(unit(''))).status).toBe(403)
    const made = await call(unit(id))
    expect(made.status).toBe(200)
    await call({ ...unit(other), token: admin })
    const list = (await call({ path: '/processingunits', token })).body as Json[]
    expect(list.map((each) => each['enforcerID'])).toEqual([id])
    const path = `/processingunits/${String(bodyOf(made)['ID'])}`
    expect((await call({ method: 'PATCH', path, token, body: { enforcerID: other } })).status).toBe(403)
    const poked = await call({ path: `${path}/poke?status=Running&enforcementStatus=Active`, token })
    expect(poked.status).toBe(200)
    expect(bodyOf(await call({ path, token }))).toMatchObject({
      operationalStatus: 'Running',
      enforcementStatus: 'Active',
    })
    expect((await call({ method: 'DELETE', path, token })).status).toBe(200)
  })

  it('renews its own credential, and changes nothing else of it', async () => {
    const { requestPem } = await makeKeyPair()
    const path = `/appcredentials/${own.id}`
    expect((await call({ path, token })).status).toBe(200)
    expect((await call({ path: `/appcredentials/${console.adminCredential.id}`, token })).status).toBe(404)
    const answer = await call({
      method: 'PUT',
      path,
      token,
      body: { name: 'other', roles: [role('enforcer')], CSR: requestPem, authorizedSubnets: ['10.0.0.0/8'] },
    })
    expect(bodyOf(answer)).toMatchObject({ name: own.name, authorizedSubnets: [], CSR: '' })
    // The former certificate, and tokens made with it, are worth nothing from now on.
    expect((await call({ path, token })).status).toBe(401)
    await expect(issueTestToken(console, { credential: own })).rejects.toThrow('was renewed')
  })

  it('is unreachable when it was not heard for five minutes', async () => {
    const fresh = await register('heart')
    const read = async (): Promise<Json> =>
      bodyOf(await call({ path: `/enforcers/${fresh.id}`, token: admin }))
    const poke = (query: string): Promise<RawAnswer> =>
      call({ path: `/enforcers/${fresh.id}/poke${query}`, token: fresh.token })
    const answer = await poke(
      '?version=1.2.3&status=Connected&enforcementStatus=Active&sessionID=s1&ts=2026-01-01T00:00:00Z',
    )
    expect(answer.status).toBe(200)
    expect(await read()).toMatchObject({
      operationalStatus: 'Connected',
      enforcementStatus: 'Active',
      currentVersion: '1.2.3',
      lastSyncTime: new Date(nowMs).toISOString(),
      unreachable: false,
    })
    nowMs += 299_000
    expect(await read()).toMatchObject({ unreachable: false })
    nowMs += 2000
    expect(await read()).toMatchObject({ unreachable: true, operationalStatus: 'Connected' })
    const q = encodeURIComponent('unreachable == true and name == heart')
    expect((await call({ path: `/enforcers?q=${q}`, token: admin })).body).toHaveLength(1)
    await poke('')
    expect(await read()).toMatchObject({ unreachable: false })
  })

  it('says goodbye, and an older process of it cannot say it for the newer one', async () => {
    const fresh = await register('session')
    const poke = (query: string): Promise<RawAnswer> =>
      call({ path: `/enforcers/${fresh.id}/poke?${query}`, token: fresh.token })
    const status = async (): Promise<unknown> =>
      bodyOf(await call({ path: `/enforcers/${fresh.id}`, token: admin }))['operationalStatus']
    await poke('sessionID=old')
    await poke('sessionID=new')
    await poke('sessionID=old&sessionClose=true')
    expect(await status()).toBe('Connected')
    await poke('sessionID=new&sessionClose=true&status=Disconnected')
    expect(await status()).toBe('Disconnected')
    expect((await poke('status=Exploded')).status).toBe(400)
    expect((await poke('cpuload=x')).status).toBe(400)
  })

  it('gets a certificate for its request, which is no way to log in', async () => {
    const fresh = await register('certified')
    const { requestPem, privateKeyPem } = await makeKeyPair()
    const path = `/enforcers/${fresh.id}`
    const answer = await call({
      method: 'PATCH',
      path,
      token: fresh.token,
      body: { certificateRequest: requestPem },
    })
    const certificate = String(bodyOf(answer)['certificate'])
    expect(certificate).toContain('BEGIN CERTIFICATE')
    const issued = await callConsole(console, {
      method: 'POST',
      path: '/issue',
      body: { realm: 'Certificate' },
      client: { cert: certificate, key: privateKeyPem.reveal() },
    })
    expect([issued.status, (issued.body as Json[])[0]?.['description']]).toEqual([
      401,
      'The client certificate is not that of an app credential',
    ])
  })

  it('may register again when its enforcer was deleted', async () => {
    const fresh = await register('phoenix')
    await call({ method: 'DELETE', path: `/enforcers/${fresh.id}`, token: admin })
    expect((await call({ path: `/enforcers/${fresh.id}/poke`, token: fresh.token })).status).toBe(404)
    const again = await call({
      method: 'POST',
      path: '/enforcers',
      token: fresh.token,
      body: { name: 'p', FQDN: 'p' },
    })
    expect(again.status).toBe(200)
  })
})

describe('a certificate signing request', () => {
  it.each([
    ['no PEM', 'hello'],
    ['an empty block', '-----BEGIN CERTIFICATE REQUEST-----\n\n-----END CERTIFICATE REQUEST-----'],
    [
      'rubbish in a block',
      '-----BEGIN CERTIFICATE REQUEST-----\nMIIBAAAA\n-----END CERTIFICATE REQUEST-----',
    ],
    ['a certificate', () => console.caPem],
  ])('that is %s is refused', async (_what, text) => {
    const CSR = typeof text === 'string' ? text : text()
    const body = { name: 'x', roles: [role('namespace.viewer')], CSR }
    const answer = await call({ method: 'POST', path: '/appcredentials', token: admin, body })
    expect(answer.status).toBe(422)
    expect(answer.body).toMatchObject([{ data: { attribute: 'CSR' } }])
  })

  it('that another key signed is refused', async () => {
    const [one, two] = await Promise.all([makeKeyPair(), makeKeyPair()])
    const bytes = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
    const mixed = Buffer.concat([bytes(one.requestPem).subarray(0, 60), bytes(two.requestPem).subarray(60)])
    const CSR = `-----BEGIN CERTIFICATE REQUEST-----\n${mixed.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
    const body = { name: 'x', roles: [role('namespace.viewer')], CSR }
    expect((await call({ method: 'POST', path: '/appcredentials', token: admin, body })).status).toBe(422)
  })

  it('keeps the key with the client, and its own subject does not matter', async () => {
    const { requestPem } = await makeKeyPair({ commonName: 'app:credential:1:admin', organization: '/' })
    const body = { name: 'mine', roles: [role('namespace.viewer')], CSR: requestPem }
    const made = bodyOf(await call({ method: 'POST', path: '/appcredentials', token: admin, body }))
    expect(made['credentials']).toMatchObject({
      certificateKey: '',
      namespace: '/a',
      name: 'mine',
      APIURL: console.url,
    })
    expect(made['CSR']).toBe('')
  })
})

it('leaves nothing to complain about', () => {
  expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
})
