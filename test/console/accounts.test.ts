import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
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

type Json = Record<string, unknown>
let console: TestConsole
let admin: string
let nowMs = Date.parse('2026-03-02T07:00:00Z')
const password = 'correct horse'

beforeAll(async () => {
  console = await startTestConsole({ nowMs: () => nowMs, sweepEveryMs: 20 })
  admin = await issueTestToken(console, { credential: console.adminCredential, more: { validity: '700h' } })
  for (const [namespace, name] of [
    ['/', 'a'],
    ['/a', 'b'],
  ] as const) {
    await call({ method: 'POST', path: '/namespaces', namespace, body: { name } })
  }
})
afterAll(() => console.close())

const call = (asked: RawRequest): Promise<RawAnswer> =>
  callConsole(console, { namespace: '/', token: admin, ...asked })
const textOf = (answer: RawAnswer): string => answer.bytes.toString('utf8')
const makeAccount = async (name: string): Promise<string> => {
  const body = { name, email: `${name}@example.com`, password }
  const answer = await call({ method: 'POST', path: '/accounts', body })
  expect(answer.status, textOf(answer)).toBe(200)
  return String((answer.body as Json)['ID'])
}
const login = (vinceAccount: string, vincePassword = password): Promise<RawAnswer> =>
  callConsole(console, {
    method: 'POST',
    path: '/issue',
    body: { realm: 'Vince', validity: '700h', metadata: { vinceAccount, vincePassword } },
  })
const tokenOf = async (name: string, given = password): Promise<string> => {
  const answer = await login(name, given)
  expect(answer.status, textOf(answer)).toBe(200)
  return (answer.body as { token: string }).token
}
/** Gives a role to an account by policy. */
const allow = async (name: string, more: object = {}, namespace = '/a'): Promise<string> => {
  const answer = await call({
    method: 'POST',
    path: '/apiauthorizationpolicies',
    namespace,
    body: {
      name: `for ${name}`,
      subject: [['@auth:realm=vince', `@auth:account=${name}`]],
      authorizedIdentities: ['@auth:role=namespace.viewer'],
      ...more,
    },
  })
  expect(answer.status, textOf(answer)).toBe(200)
  return `/apiauthorizationpolicies/${String((answer.body as Json)['ID'])}`
}
const lists = async (token: string, namespace = '/a'): Promise<number> =>
  (await call({ path: '/enforcers', token, namespace })).status

describe('an account', () => {
  it('logs in with its password and claims who it is', async () => {
    const id = await makeAccount('ann')
    expect(decodeJwt(await tokenOf('ann'))).toMatchObject({
      realm: 'vince',
      sub: 'ann',
      data: { account: 'ann', email: 'ann@example.com', id, organization: 'ann', realm: 'vince' },
    })
  })

  it('keeps its password to itself', async () => {
    const id = await makeAccount('secretive')
    const answers = [
      await call({ path: `/accounts/${id}` }),
      await call({ path: '/accounts' }),
      await call({ method: 'PATCH', path: `/accounts/${id}`, body: { newPassword: `${password}!` } }),
      await login('secretive', `${password}!`),
    ]
    for (const answer of answers) expect(textOf(answer)).not.toMatch(/correct horse|scrypt/)
    const database = await readFile(join(console.dataDir, 'console.db-wal'), 'latin1')
    expect(database).toContain('secretive')
    expect(database).not.toContain(password)
  })

  it('has a name of its own', async () => {
    await makeAccount('only')
    const again = await call({
      method: 'POST',
      path: '/accounts',
      body: { name: 'only', email: 'x', password },
    })
    expect([again.status, again.body]).toMatchObject([422, [{ title: 'Duplicate Key' }]])
  })

  it.each([
    [{ email: 'x', password }, 422, "Attribute 'name' is required"],
    [{ name: 'x', password }, 422, "Attribute 'email' is required"],
    [{ name: 'x', email: 'x' }, 422, "Attribute 'password' is required"],
    [{ name: 'x', email: 'x', password: 'short' }, 422, 'must have 8 to 1024 characters'],
    [{ name: 'x=y', email: 'x', password }, 422, "must not contain '*' or '='"],
  ])('is not made of %j', async (body, status, text) => {
    const answer = await call({ method: 'POST', path: '/accounts', body })
    expect(answer.status).toBe(status)
    expect(textOf(answer)).toContain(text)
  })

  it('lives in the root namespace', async () => {
    const body = { name: 'x', email: 'x', password }
    expect((await call({ method: 'POST', path: '/accounts', namespace: '/a', body })).status).toBe(403)
  })

  it('can be closed: its tokens end, and so does its event socket', async () => {
    const id = await makeAccount('closing')
    const token = await tokenOf('closing')
    await allow('closing')
    const socket = new WebSocket(
      `${console.url.replace('https', 'wss')}/events?namespace=/a&token=${token}`,
      {
        ca: console.caPem,
      },
    )
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const path = `/accounts/${id}`
    expect((await call({ method: 'PATCH', path, body: { accessEnabled: false } })).body).toMatchObject({
      status: 'Disabled',
    })
    expect(await closed).toBe(1008)
    expect(await lists(token)).toBe(401)
    expect((await login('closing')).status).toBe(401)
    await call({ method: 'PATCH', path, body: { accessEnabled: true } })
    expect((await login('closing')).status).toBe(200)
    await call({ method: 'DELETE', path })
    expect((await login('closing')).status).toBe(401)
  })

  it('changes its own password, and nothing that others say of it', async () => {
    const id = await makeAccount('own')
    const token = await tokenOf('own')
    const patch = (body: object): Promise<RawAnswer> =>
      call({ method: 'PATCH', path: `/accounts/${id}`, token, body })
    expect((await patch({ newPassword: 'another one' })).status).toBe(403)
    expect((await patch({ password: 'wrong', newPassword: 'another one' })).status).toBe(403)
    const answer = await patch({ firstName: 'O', email: 'boss@example.com', accessEnabled: false })
    expect(answer.body).toMatchObject({ firstName: 'O', email: 'own@example.com', accessEnabled: true })
    nowMs += 2000
    expect((await patch({ password, newPassword: 'another one' })).status).toBe(200)
    // What was made with the former password is worth nothing.
    expect((await call({ path: `/accounts/${id}`, token })).status).toBe(401)
    expect((await login('own')).status).toBe(401)
    await tokenOf('own', 'another one')
  })

  it('sees no other account', async () => {
    const other = await makeAccount('other')
    await makeAccount('nosy')
    const token = await tokenOf('nosy')
    expect((await call({ path: `/accounts/${other}`, token })).status).toBe(404)
    expect((await call({ method: 'DELETE', path: `/accounts/${other}`, token })).status).toBe(403)
    expect((await call({ path: '/accounts', token })).body).toMatchObject([{ name: 'nosy' }])
  })

  it('cannot be taken over, or invented, by who may less', async () => {
    const id = await makeAccount('boss')
    await allow('boss', { authorizedIdentities: ['@auth:role=namespace.administrator'] }, '/')
    await allow('ghost', { authorizedIdentities: ['@auth:role=namespace.administrator'] }, '/')
    const credential = await makeTestCredential(console, {
      token: admin,
      namespace: '/',
      roles: ['@auth:role=infrastructure.administrator'],
    })
    const token = await issueTestToken(console, { credential })
    const patch = { method: 'PATCH', path: `/accounts/${id}`, token, body: { newPassword: 'taken over' } }
    expect((await call(patch)).status).toBe(403)
    const body = (name: string): object => ({ name, email: 'x', password })
    expect((await call({ method: 'POST', path: '/accounts', token, body: body('ghost') })).status).toBe(403)
    expect((await call({ method: 'POST', path: '/accounts', token, body: body('plain') })).status).toBe(200)
  })
})

describe('a wrong password', () => {
  it('gets the same answer as an unknown account', async () => {
    await makeAccount('real')
    const [wrong, unknown] = [await login('real', 'wrong one'), await login('nobody at all')]
    expect([wrong.status, textOf(wrong)]).toEqual([unknown.status, textOf(unknown)])
    expect(wrong.status).toBe(401)
  })

  it('locks the account for longer and longer, also when tried at once', async () => {
    await makeAccount('target')
    const tries = await Promise.all(Array.from({ length: 12 }, () => login('target', 'wrong one')))
    expect(tries.filter(({ status }) => status === 401)).toHaveLength(5)
    const locked = await login('target')
    expect([locked.status, locked.headers['retry-after']]).toEqual([429, '1'])
    nowMs += 1000
    expect((await login('target', 'wrong one')).status).toBe(401)
    expect((await login('target')).headers['retry-after']).toBe('2')
    nowMs += 2000
    expect((await login('target')).status).toBe(200)
    // Being right makes up for it.
    expect((await login('target', 'wrong one')).status).toBe(401)
    expect((await login('target')).status).toBe(200)
  })
})

describe('a policy', () => {
  it('is all that an account may do, where it holds and below', async () => {
    await makeAccount('plain-user')
    const token = await tokenOf('plain-user')
    expect(await lists(token)).toBe(403)
    const path = await allow('plain-user')
    expect([await lists(token), await lists(token, '/a/b'), await lists(token, '/')]).toEqual([200, 200, 403])
    const accessible = await call({ path: '/accessiblenamespaces', token })
    expect(accessible.body).toEqual([{ name: '/a' }, { name: '/a/b' }])
    const body = { name: 'x', FQDN: 'x' }
    expect((await call({ method: 'POST', path: '/enforcers', namespace: '/a', token, body })).status).toBe(
      403,
    )
    await call({ method: 'PATCH', path, namespace: '/a', body: { disabled: true } })
    expect(await lists(token)).toBe(403)
    await call({ method: 'PATCH', path, namespace: '/a', body: { disabled: false } })
    expect(await lists(token)).toBe(200)
    await call({ method: 'DELETE', path, namespace: '/a' })
    expect(await lists(token)).toBe(403)
  })

  it('adds to others', async () => {
    await makeAccount('many')
    const token = await tokenOf('many')
    await allow('many', { authorizedIdentities: ['enforcer,get'] })
    await allow('many', { authorizedIdentities: ['namespace,get'] })
    expect(await lists(token)).toBe(200)
    expect((await call({ path: '/namespaces', token, namespace: '/a' })).status).toBe(200)
    expect((await call({ path: '/processingunits', token, namespace: '/a' })).status).toBe(403)
  })

  it('holds in the namespaces it names, from the networks it names, with every claim it names', async () => {
    await makeAccount('limited')
    const token = await tokenOf('limited')
    await allow('limited', { authorizedSubnets: ['10.0.0.0/8'] })
    const claims = ['@auth:realm=vince', '@auth:account=limited', '@auth:email=other@example.com']
    await allow('limited', { subject: [claims] })
    expect(await lists(token)).toBe(403)
    await allow('limited', { authorizedNamespaces: ['/a/b'] })
    expect([await lists(token), await lists(token, '/a/b')]).toEqual([403, 200])
  })

  it('holds only when its schedule says', async () => {
    await makeAccount('shift')
    const token = await tokenOf('shift')
    await allow('shift', { activeSchedule: '0 8 * * 1-5', activeDuration: '9h' })
    const at = async (time: string): Promise<number> => {
      nowMs = Date.parse(time)
      return lists(token)
    }
    expect(await at('2026-03-03T07:59:59Z')).toBe(403)
    expect(await at('2026-03-03T08:00:00Z')).toBe(200)
    expect(await at('2026-03-03T16:59:59Z')).toBe(200)
    expect(await at('2026-03-03T17:00:00Z')).toBe(403)
    // A Saturday.
    expect(await at('2026-03-07T12:00:00Z')).toBe(403)
    expect(await at('2026-03-09T12:00:00Z')).toBe(200)
  })

  it('deletes itself when its time is over', async () => {
    await makeAccount('guest')
    const token = await tokenOf('guest')
    const path = await allow('guest', { expirationTime: new Date(nowMs + 60_000).toISOString() })
    expect(await lists(token)).toBe(200)
    nowMs += 60_000
    expect(await lists(token)).toBe(403)
    await expect
      .poll(async () => (await call({ path, namespace: '/a' })).status, { timeout: 20_000 })
      .toBe(404)
  })

  it('that is a fallback counts only where nothing else does', async () => {
    await makeAccount('fallen')
    const token = await tokenOf('fallen')
    await allow('fallen', { fallback: true, authorizedIdentities: ['enforcer,get'] })
    expect(await lists(token)).toBe(200)
    await allow('fallen', { authorizedIdentities: ['role,get'] }, '/a/b')
    expect([await lists(token), await lists(token, '/a/b')]).toEqual([200, 403])
  })

  it('goes with its namespace', async () => {
    await makeAccount('tenant')
    const token = await tokenOf('tenant')
    const made = await call({ method: 'POST', path: '/namespaces', body: { name: 'passing' } })
    await allow('tenant', {}, '/passing')
    expect(await lists(token, '/passing')).toBe(200)
    await call({ method: 'DELETE', path: `/namespaces/${String((made.body as Json)['ID'])}` })
    expect(await lists(token, '/passing')).toBe(403)
  })

  it('gives no more to a token that was narrowed', async () => {
    await makeAccount('narrow')
    const whole = await tokenOf('narrow')
    await allow('narrow')
    const answer = await callConsole(console, {
      method: 'POST',
      path: '/issue',
      body: {
        realm: 'AporetoIdentityToken',
        metadata: { token: whole },
        restrictedNamespace: '/a/b',
        restrictedPermissions: ['enforcer,get'],
      },
    })
    const { token } = answer.body as { token: string }
    expect(decodeJwt(token)).toMatchObject({ realm: 'vince', data: { account: 'narrow' } })
    expect([await lists(token), await lists(token, '/a/b')]).toEqual([403, 200])
    expect((await call({ path: '/namespaces', token, namespace: '/a/b' })).status).toBe(403)
  })
})

it('leaves nothing to complain about', () => {
  expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
})
