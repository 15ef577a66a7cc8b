import {
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  X509Certificate,
  type KeyObject,
} from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt, decodeProtectedHeader, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import {
  callConsole,
  issueTestToken,
  makeTestCredential,
  startTestConsole,
  type RawAnswer,
} from '../../helpers/console.ts'
import { parseAppCredentialFile } from '../../../src/contract/app-credential-file.ts'
import { makeTestCsr } from './make-test-csr.ts'
import { besiege, type Besieged } from './besieged.ts'

let besieged: Besieged
/** The key with which the Console signs: whoever had it could claim anything, but not everything makes sense. */
let consoleKey: KeyObject
const strangersKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })

beforeAll(async () => {
  besieged = await besiege()
  consoleKey = createPrivateKey(readFileSync(join(besieged.console.dataDir, 'token-key.pem')))
})
afterAll(() => besieged.close())

const now = (): number => Math.floor(Date.now() / 1000)
const claims = (more: JWTPayload = {}): JWTPayload => ({ ...decodeJwt(besieged.attacker.token), ...more })
const header = (more: Record<string, unknown> = {}): JWTHeaderParameters => ({
  ...(decodeProtectedHeader(besieged.attacker.token) as JWTHeaderParameters),
  ...more,
})
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const signed = (
  payload: JWTPayload,
  by: { header?: JWTHeaderParameters; key?: KeyObject } = {},
): Promise<string> =>
  new SignJWT(payload).setProtectedHeader(by.header ?? header()).sign(by.key ?? consoleKey)
const without = (name: string): JWTPayload =>
  Object.fromEntries(Object.entries(claims()).filter(([key]) => key !== name))
const parts = (): readonly [string, string, string] =>
  besieged.attacker.token.split('.') as [string, string, string]

/** The same two numbers, as certificates have them. */
function inDer(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url')
  const integer = (part: Buffer): Buffer => Buffer.concat([Buffer.from([2, part.length + 1, 0]), part])
  const both = Buffer.concat([integer(bytes.subarray(0, 32)), integer(bytes.subarray(32))])
  return Buffer.concat([Buffer.from([0x30, both.length]), both]).toString('base64url')
}

const forged: Readonly<Record<string, () => Promise<string> | string>> = {
  'that is not signed': () => `${base64({ alg: 'none' })}.${base64(claims())}.`,
  'that says NoNe': () => `${base64({ alg: 'NoNe' })}.${base64(claims())}.${parts()[2]}`,
  'whose signature is cut off': () => parts().slice(0, 2).join('.'),
  'whose signature is empty': () => `${parts()[0]}.${parts()[1]}.`,
  'whose signature is all zero': () =>
    `${parts()[0]}.${parts()[1]}.${Buffer.alloc(64).toString('base64url')}`,
  'whose claims were changed': () => `${parts()[0]}.${base64(claims({ exp: 9_999_999_999 }))}.${parts()[2]}`,
  'that is signed with the public certificate': () => {
    const head = `${base64({ alg: 'HS256' })}.${base64(claims())}`
    return `${head}.${createHmac('sha256', besieged.console.caPem).update(head).digest('base64url')}`
  },
  'that is signed by a stranger': () => signed(claims(), { key: strangersKey.privateKey }),
  'that brings its own key': () =>
    signed(claims(), {
      key: strangersKey.privateKey,
      header: header({ jwk: strangersKey.publicKey.export({ format: 'jwk' }) }),
    }),
  'that says where its key is': () =>
    signed(claims(), { key: strangersKey.privateKey, header: header({ jku: 'https://127.0.0.1:1/keys' }) }),
  'whose key is a file': () =>
    signed(claims(), { key: strangersKey.privateKey, header: header({ kid: '../../../../dev/null' }) }),
  'whose key is SQL': () =>
    signed(claims(), { key: strangersKey.privateKey, header: header({ kid: "' UNION SELECT 'x" }) }),
  'of another algorithm': () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    return signed(claims(), { key: privateKey, header: { alg: 'RS256' } })
  },
  'of another curve': () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    return signed(claims(), { key: privateKey, header: { alg: 'ES384' } })
  },
  'with a critical header nobody knows': () =>
    `${base64({ alg: 'ES256', crit: ['x'], x: 1 })}.${parts()[1]}.${parts()[2]}`,
  'that has expired': () => signed(claims({ exp: now() - 60 })),
  'that expired when time began': () => signed(claims({ exp: 0 })),
  'that never ends': () => signed(without('exp')),
  'whose end is a text': () => signed(claims({ exp: 'never' as unknown as number })),
  'that begins later': () => signed(claims({ nbf: now() + 3600 })),
  'that begins a little more than a minute later': () => signed(claims({ nbf: now() + 70 })),
  'made in the future': () => signed(claims({ iat: now() + 3600 })),
  'made a little more than a minute in the future': () => signed(claims({ iat: now() + 70 })),
  'made in the far future': () => signed(claims({ iat: 1e300 })),
  'whose making is a text': () => signed(claims({ iat: 'now' as unknown as number })),
  'that does not say when it was made': () => signed(without('iat')),
  'whose beginning is a text': () => signed(claims({ nbf: 'now' as unknown as number })),
  'that expired a moment ago': () => signed(claims({ exp: now() })),
  'of nobody': () => signed(claims({ data: {} })),
  'without data': () => signed(without('data')),
  'whose data is nothing': () => signed(claims({ data: null })),
  'whose data is a text': () => signed(claims({ data: 'app:credential:x:y' })),
  'whose data is a list': () => signed(claims({ data: ['commonName'] })),
  'whose data is not text': () => signed(claims({ data: { commonName: 5 } })),
  'without an ID': () => signed(without('jti')),
  'without a subject': () => signed(without('sub')),
  'without a realm': () => signed(without('realm')),
  'without an issuer': () => signed(without('iss')),
  'whose audience is a list': () => signed(claims({ aud: ['aud:*:*:/'] })),
  'whose quota is below zero': () => signed(claims({ quota: -1 })),
  'whose quota is nothing': () => signed(claims({ quota: 0 })),
  'whose quota is a text': () => signed(claims({ quota: 'many' })),
  'whose restrictions are a text': () => signed(claims({ restrictions: 'none' })),
  'whose restricted networks are a text': () => signed(claims({ restrictions: { networks: '10.0.0.0/8' } })),
  'whose restricted permissions are numbers': () => signed(claims({ restrictions: { perms: [1] } })),
  'whose restricted namespace is a list': () => signed(claims({ restrictions: { namespace: ['/'] } })),
  'that says it is of another key': () => signed(claims(), { header: header({ kid: '0'.repeat(32) }) }),
  'that does not say of which key it is': () => signed(claims(), { header: { alg: 'ES256', typ: 'JWT' } }),
  'of another type': () => signed(claims(), { header: header({ typ: 'at+jwt' }) }),
  'of no type': () => signed(claims(), { header: header({ typ: undefined }) }),
  'whose claims are not encoded': () =>
    `${base64({ alg: 'ES256', typ: 'JWT', b64: false, crit: ['b64'] })}.${parts()[1]}.${parts()[2]}`,
  'that is encrypted': () => `${base64({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`,
  'that is JSON': () => JSON.stringify({ protected: parts()[0], payload: parts()[1], signature: parts()[2] }),
  'whose signature is in another form': () => `${parts()[0]}.${parts()[1]}.${inDer(parts()[2])}`,
  'of a credential that was never there': () =>
    signed(claims({ data: { commonName: 'app:credential:617fe4ab1e32a50001c0ffee:x' } })),
  'of a credential that is SQL': () =>
    signed(claims({ data: { commonName: "app:credential:' OR 1=1 --:x" } })),
  'of a credential that is a prototype': () =>
    signed(claims({ data: { commonName: 'app:credential:__proto__:x' } })),
  'with the serial number of another certificate': () =>
    signed(claims({ data: { ...(claims()['data'] as object), serialNumber: '00' } })),
  'that is three dots': () => '...',
  'that is very long': () => 'a'.repeat(20_000),
  'that is no text': () => '\u00ff\u00fe',
}

const ask = (token: string): Promise<RawAnswer> => besieged.attack({ path: '/enforcers', token })

describe('a token', () => {
  it.each(Object.keys(forged))('%s is refused', async (what) => {
    const answer = await ask(await (forged[what] as () => Promise<string> | string)())
    expect([answer.status, answer.body]).toEqual([
      401,
      [expect.objectContaining({ code: 401, title: 'Unauthorized' })],
    ])
  })

  it.each(Object.keys(forged))('%s is refused by authn and issue as well', async (what) => {
    const token = await (forged[what] as () => Promise<string> | string)()
    const open = { method: 'POST', token: undefined }
    const metadata = { token }
    const looked = await besieged.attack({ ...open, path: '/authn', body: { token } })
    const issued = await besieged.attack({
      ...open,
      path: '/issue',
      body: { realm: 'AporetoIdentityToken', metadata },
    })
    expect([looked.status, issued.status]).toEqual([401, 401])
  })

  it.each(Object.keys(forged))('%s opens no event socket', async (what) => {
    const token = await (forged[what] as () => Promise<string> | string)()
    const { url, caPem } = besieged.console
    const query = `namespace=/mine&token=${encodeURIComponent(token)}`
    const socket = new WebSocket(`${url.replace('https', 'wss')}/events?${query}`, { ca: caPem })
    socket.on('error', () => undefined)
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
    socket.terminate()
    expect(response.statusCode).toBe(401)
  })

  it('made or beginning a moment ahead of the clock is good: clocks are set back', async () => {
    expect((await ask(await signed(claims({ iat: now() + 50, nbf: now() + 50 })))).status).toBe(200)
  })

  it('of another Console is refused', async () => {
    const other = await startTestConsole()
    try {
      const token = await issueTestToken(other, { credential: other.adminCredential })
      expect((await ask(token)).status).toBe(401)
    } finally {
      await other.close()
    }
  })

  it('is not taken from anywhere but the header', async () => {
    const { token } = besieged.attacker
    const places = [
      { path: `/enforcers?token=${token}` },
      { path: '/enforcers', headers: { cookie: `token=${token}` } },
      { path: '/enforcers', headers: { 'x-authorization': `Bearer ${token}` } },
    ]
    for (const place of places) {
      expect([400, 401]).toContain((await besieged.attack({ ...place, token: undefined })).status)
    }
  })

  it.each([
    ['an audience of another operation', { audience: 'aud:create:enforcers:/mine' }],
    ['an audience of another category', { audience: 'aud:retrieve-many:namespaces:/mine' }],
    ['an audience of another namespace', { audience: 'aud:*:*:/other' }],
    ['an audience of a namespace that only begins alike', { audience: 'aud:*:*:/min' }],
    ['networks far away', { restrictedNetworks: ['192.0.2.0/24'] }],
    ['permissions for nothing', { restrictedPermissions: ['@auth:role=nobody'] }],
    ['a namespace elsewhere', { restrictedNamespace: '/other' }],
    ['a namespace below', { restrictedNamespace: '/mine/below' }],
  ])('with %s is not good for this', async (_what, more) => {
    const token = await issueTestToken(besieged.console, { credential: besieged.attacker.credential, more })
    const answer = await ask(token)
    expect([answer.status, answer.body]).toEqual([403, [expect.objectContaining({ code: 403 })]])
  })
})

describe('a certificate', () => {
  const logIn = (client: { readonly cert: string; readonly key: string }): Promise<RawAnswer> =>
    besieged.attack({
      method: 'POST',
      path: '/issue',
      token: undefined,
      body: { realm: 'Certificate' },
      client,
    })
  const viewer = { namespace: '/mine', roles: ['@auth:role=namespace.viewer'] }

  it('of the authority of another Console is worth nothing', async () => {
    const other = await startTestConsole()
    try {
      const { certificate: cert, certificateKey: key } = other.adminCredential
      expect((await logIn({ cert, key })).status).toBe(401)
    } finally {
      await other.close()
    }
  })

  it('that was renewed is worth nothing, nor are its tokens', async () => {
    const { token } = besieged.attacker
    const old = await makeTestCredential(besieged.console, { token, ...viewer })
    const oldToken = await issueTestToken(besieged.console, { credential: old })
    const { csr } = await makeTestCsr()
    const body = { name: old.name, roles: viewer.roles, CSR: csr }
    const path = `/appcredentials/${old.id}`
    expect((await besieged.attack({ method: 'PUT', path, body })).status).toBe(200)
    expect((await logIn({ cert: old.certificate, key: old.certificateKey })).status).toBe(401)
    expect((await ask(oldToken)).status).toBe(401)
  })

  it('that was deleted is worth nothing, nor are its tokens', async () => {
    const { token } = besieged.attacker
    const old = await makeTestCredential(besieged.console, { token, ...viewer })
    const oldToken = await issueTestToken(besieged.console, { credential: old })
    expect((await besieged.attack({ method: 'DELETE', path: `/appcredentials/${old.id}` })).status).toBe(200)
    expect((await logIn({ cert: old.certificate, key: old.certificateKey })).status).toBe(401)
    expect((await ask(oldToken)).status).toBe(401)
  })

  it('of an enforcer is not that of an app credential, whatever its name', async () => {
    const name = `app:credential:${besieged.console.adminCredential.id}:administrator`
    const { csr, key } = await makeTestCsr(name)
    const made = await besieged.attack({
      method: 'POST',
      path: '/enforcers',
      body: { name, FQDN: name, certificateRequest: csr },
    })
    expect(made.status).toBe(200)
    const { certificate: cert } = made.body as { certificate: string }
    expect((await logIn({ cert, key })).status).toBe(401)
  })

  it('does not take its name from what the client asks to be called', async () => {
    const { csr, key } = await makeTestCsr(
      `app:credential:${besieged.console.adminCredential.id}:administrator`,
    )
    const made = await besieged.attack({
      method: 'POST',
      path: '/appcredentials',
      body: { name: 'mine', roles: viewer.roles, CSR: csr },
    })
    const { credentials } = made.body as { credentials: Record<string, string> }
    const text = JSON.stringify({ ...credentials, certificateKey: Buffer.from(key).toString('base64') })
    const parsed = parseAppCredentialFile(text)
    if (!parsed.ok) throw new Error(parsed.problem)
    const subject = new X509Certificate(parsed.value.certificate).subject
    expect(subject).not.toContain(besieged.console.adminCredential.id)
    const { status } = await callConsole(besieged.console, {
      path: '/enforcers',
      namespace: '/',
      token: await issueTestToken(besieged.console, { credential: parsed.value }),
    })
    expect(status).toBe(403)
  })

  it.each(['no request', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----'])(
    'is not made of %j',
    async (CSR) => {
      const body = { name: 'mine', roles: viewer.roles, CSR }
      const answer = await besieged.attack({ method: 'POST', path: '/appcredentials', body })
      expect([400, 422]).toContain(answer.status)
    },
  )

  it('with more than its maker may is not given', async () => {
    const { credential } = besieged.attacker
    const token = await issueTestToken(besieged.console, {
      credential: await makeTestCredential(besieged.console, {
        token: besieged.attacker.token,
        namespace: credential.namespace,
        roles: ['@auth:role=enforcer'],
      }),
    })
    const body = { name: 'more', roles: ['@auth:role=namespace.administrator'] }
    expect((await besieged.attack({ method: 'POST', path: '/appcredentials', token, body })).status).toBe(403)
  })
})

it('none of this failed the Console or showed what belongs to others', () => {
  expect(besieged.damage()).toEqual([])
})
