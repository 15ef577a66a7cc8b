import { createHmac, generateKeyPairSync, createPublicKey, X509Certificate } from 'node:crypto'
import { Agent, request } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { SignJWT, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  callConsole,
  issueTestToken,
  makeTestCredential,
  startTestConsole,
  type RawAnswer,
  type TestConsole,
} from '../helpers/console.ts'

let console: TestConsole
let skewMs = 0
let admin: string

beforeAll(async () => {
  console = await startTestConsole({ nowMs: () => Date.now() + skewMs })
  admin = await issueTestToken(console, { credential: console.adminCredential })
  for (const [namespace, name] of [
    ['/', 'a'],
    ['/a', 'b'],
    ['/', 'other'],
  ] as const) {
    await callConsole(console, {
      method: 'POST',
      path: '/namespaces',
      token: admin,
      namespace,
      body: { name },
    })
  }
})
afterAll(() => console.close())

const list = (token: string, namespace = '/', path = '/namespaces'): Promise<RawAnswer> =>
  callConsole(console, { path, token, namespace })
const issue = (more: Record<string, unknown> = {}): Promise<string> =>
  issueTestToken(console, { credential: console.adminCredential, more })
const reissue = (token: string, more: Record<string, unknown> = {}): Promise<RawAnswer> =>
  callConsole(console, {
    method: 'POST',
    path: '/issue',
    body: { realm: 'AporetoIdentityToken', metadata: { token }, ...more },
  })
const tokenOf = (answer: RawAnswer): string => (answer.body as { token: string }).token
const textOf = (answer: RawAnswer): string => (answer.body as { description: string }[])[0]?.description ?? ''

describe('a token for an app credential', () => {
  it('claims exactly what the contract says', () => {
    const claims = decodeJwt(admin)
    const { certificate, id, name } = console.adminCredential
    const serial = BigInt(`0x${new X509Certificate(certificate).serialNumber}`).toString()
    expect(claims).toEqual({
      realm: 'certificate',
      data: {
        commonName: `app:credential:${id}:${name}`,
        organization: '/',
        realm: 'certificate',
        serialNumber: serial,
        subject: serial,
      },
      sub: serial,
      iss: console.url,
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
    })
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(86_400)
    expect(decodeProtectedHeader(admin).alg).toBe('ES256')
  })

  it('can be checked by anyone with the certificate under /_meta/jwtcert', async () => {
    const { bytes } = await callConsole(console, { path: '/_meta/jwtcert' })
    const certificate = new X509Certificate(bytes)
    expect(certificate.verify(new X509Certificate(console.caPem).publicKey)).toBe(true)
    const { payload } = await jwtVerify(
      admin,
      createPublicKey(certificate.publicKey.export({ type: 'spki', format: 'pem' })),
    )
    expect(payload.iss).toBe(console.url)
  })

  it.each([
    ['1h', 3600],
    ['0', 86_400],
    ['0s', 86_400],
    ['9000h', 30 * 86_400],
  ])('of validity %s lives %i seconds', async (validity, seconds) => {
    const { iat, exp } = decodeJwt(await issue({ validity }))
    expect((exp ?? 0) - (iat ?? 0)).toBe(seconds)
  })

  it('carries restrictions, opaque data, audience and quota', async () => {
    const token = await issue({
      quota: 4,
      audience: 'aud:*:*:/a',
      opaque: { by: 'test' },
      restrictedNamespace: '/a',
      restrictedPermissions: ['@auth:role=enforcer'],
      restrictedNetworks: ['127.0.0.0/8'],
    })
    expect(decodeJwt(token)).toMatchObject({
      quota: 4,
      aud: 'aud:*:*:/a',
      opaque: { by: 'test' },
      restrictions: { namespace: '/a', perms: ['@auth:role=enforcer'], networks: ['127.0.0.0/8'] },
    })
  })

  it.each([
    [{}, 422, "Attribute 'realm' is required"],
    [
      { realm: 'Nobody' },
      422,
      "Data 'Nobody' of attribute 'realm' is not in list '[AWSSecurityToken Certificate",
    ],
    [{ realm: 'Vince' }, 422, "Realm Vince needs metadata 'vinceAccount'"],
    [{ realm: 'LDAP' }, 501, 'This Console does not do realm LDAP: log in with an account'],
    [{ realm: 'Certificate' }, 401, 'needs a client certificate'],
    [{ realm: 'Certificate', validity: 'long' }, 422, 'must be valid duration'],
    [{ realm: 'Certificate', validity: '-1h' }, 401, 'needs a client certificate'],
    [{ realm: 'Certificate', quota: -1 }, 422, "Data '-1' of attribute 'quota' should be greater than 0"],
    [{ realm: 'Certificate', audience: 'me' }, 422, 'is not aud:'],
    [{ realm: 'Certificate', restrictedNetworks: ['x'] }, 422, 'must be a CIDR'],
    [{ realm: 'Certificate', restrictedNamespace: 'a' }, 422, 'must start with /'],
    [{ realm: 'AporetoIdentityToken' }, 422, "needs metadata 'token'"],
    [{ realm: 'AporetoIdentityToken', metadata: { token: 'x' } }, 401, 'Invalid token'],
  ])('is not issued for %j', async (body, status, text) => {
    const answer = await callConsole(console, { method: 'POST', path: '/issue', body })
    expect(answer.status).toBe(status)
    expect(textOf(answer)).toContain(text)
  })

  it('is not issued for a certificate of another authority', async () => {
    const other = await startTestConsole()
    try {
      const { certificate: cert, certificateKey: key } = other.adminCredential
      const answer = await callConsole(console, {
        method: 'POST',
        path: '/issue',
        body: { realm: 'Certificate' },
        client: { cert, key },
      })
      expect(answer.status).toBe(401)
    } finally {
      await other.close()
    }
  })

  it('is issued on a resumed TLS session too, and only to the certificate of that session', async () => {
    const { certificate: cert, certificateKey: key } = console.adminCredential
    const statusWith = (agent: Agent): Promise<{ status: number | undefined; reused: boolean }> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(console.url)
        const headers = { 'content-type': 'application/json' }
        const outgoing = request(
          { hostname, port, agent, method: 'POST', path: '/issue', headers },
          (response) => {
            const { socket } = response as unknown as { socket: TLSSocket }
            const reused = socket.isSessionReused()
            response.resume().on('end', () => resolve({ status: response.statusCode, reused }))
          },
        )
        outgoing.on('error', reject).end('{"realm":"Certificate"}')
      })
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const known = new Agent({ ca: console.caPem, cert, key, maxVersion })
      const answers = [await statusWith(known), await statusWith(known), await statusWith(known)]
      expect(
        answers.map(({ status }) => status),
        maxVersion,
      ).toEqual([200, 200, 200])
      expect(answers.at(-1)?.reused, maxVersion).toBe(true)
      const stranger = new Agent({ ca: console.caPem, maxVersion })
      expect([await statusWith(stranger), await statusWith(stranger)].map(({ status }) => status)).toEqual([
        401, 401,
      ])
    }
  })

  it('does not repeat the proof in the answer', async () => {
    const answer = await reissue(admin)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ metadata: {}, realm: 'AporetoIdentityToken', validity: '24h' })
  })
})

describe('a forged token', () => {
  const claims = (): Record<string, unknown> => ({ ...decodeJwt(admin) })
  const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

  it.each([
    ['without signature', () => `${base64({ alg: 'none', typ: 'JWT' })}.${base64(claims())}.`],
    ['with "None"', () => `${base64({ alg: 'None' })}.${base64(claims())}.${admin.split('.')[2] ?? ''}`],
    [
      'signed with the public certificate as a shared secret',
      () => {
        const head = `${base64({ alg: 'HS256' })}.${base64(claims())}`
        return `${head}.${createHmac('sha256', console.caPem).update(head).digest('base64url')}`
      },
    ],
    [
      'signed with another key',
      () =>
        new SignJWT(claims())
          .setProtectedHeader(decodeProtectedHeader(admin) as { alg: string })
          .sign(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    ],
    [
      'that brings its own key',
      async () => {
        const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
        const jwk = publicKey.export({ format: 'jwk' })
        return new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', jwk }).sign(privateKey)
      },
    ],
    [
      'with changed claims',
      () => {
        const [head = '', , signature = ''] = admin.split('.')
        return `${head}.${base64({ ...claims(), exp: 9_999_999_999 })}.${signature}`
      },
    ],
    ['cut short', () => admin.slice(0, -10)],
    ['that is no token', () => 'hello'],
  ])('%s is refused', async (_what, forge) => {
    const answer = await list(await forge())
    expect(answer.status).toBe(401)
    expect(answer.body).toMatchObject([
      { code: 401, title: 'Unauthorized', subject: 'console', trace: 'unknown' },
    ])
  })

  it('in a header of another form is refused', async () => {
    for (const authorization of ['', admin, `Basic ${admin}`, `Bearer  ${admin}`, `Bearer ${admin} x`]) {
      const answer = await callConsole(console, {
        path: '/namespaces',
        namespace: '/',
        headers: { authorization },
      })
      expect(answer.status, authorization.slice(0, 10)).toBe(401)
    }
  })
})

describe('a token in time', () => {
  it('ends', async () => {
    const token = await issue({ validity: '1m' })
    expect((await list(token)).status).toBe(200)
    skewMs = 61_000
    try {
      const answer = await list(token)
      expect([answer.status, textOf(answer)]).toEqual([401, 'Invalid token: it has expired'])
    } finally {
      skewMs = 0
    }
  })

  it('is good for as many uses as its quota, also at once', async () => {
    const token = await issue({ quota: 3 })
    const answers = await Promise.all(Array.from({ length: 8 }, () => list(token)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 417, 417, 417, 417, 417])
    expect((await list(token)).body).toMatchObject([{ code: 417, title: 'Quota Exceeded' }])
  })

  it('does not multiply its quota by being exchanged', async () => {
    const token = await issue({ quota: 3 })
    const second = tokenOf(await reissue(token))
    expect((await list(second)).status).toBe(200)
    expect((await list(token)).status).toBe(200)
    expect((await list(token)).status).toBe(417)
    expect((await list(second)).status).toBe(417)
    expect((await reissue(token)).status).toBe(417)
  })

  it('is no longer good when it is used up, whoever asks', async () => {
    const token = await issue({ quota: 1 })
    const look = (): Promise<RawAnswer> =>
      callConsole(console, { method: 'POST', path: '/authn', body: { token } })
    expect((await look()).status).toBe(200)
    expect((await list(token)).status).toBe(200)
    const looked = await look()
    expect([looked.status, textOf(looked)]).toEqual([
      417,
      'The token was used as often as its quota allows, 1',
    ])
    expect((await callConsole(console, { path: `/authn?token=${token}` })).status).toBe(417)
  })

  it('is not used up by being looked at', async () => {
    const token = await issue({ quota: 1 })
    for (let time = 0; time < 3; time++) {
      const answer = await callConsole(console, { method: 'POST', path: '/authn', body: { token } })
      expect(answer.body).toMatchObject({ claims: { quota: 1 } })
    }
    expect((await list(token)).status).toBe(200)
  })
})

describe('the restrictions of a token', () => {
  it('hold for the namespace', async () => {
    const token = await issue({ restrictedNamespace: '/a' })
    expect((await list(token, '/a')).status).toBe(200)
    expect((await list(token, '/a/b')).status).toBe(200)
    expect((await list(token, '/')).status).toBe(403)
    expect((await list(token, '/other')).status).toBe(403)
  })

  it('hold for the audience', async () => {
    const token = await issue({ audience: 'aud:retrieve-many:namespaces:/a' })
    expect((await list(token, '/a')).status).toBe(200)
    expect((await list(token, '/')).status).toBe(403)
    expect((await list(token, '/a', '/enforcers')).status).toBe(403)
    const create = { method: 'POST', path: '/namespaces', token, namespace: '/a', body: { name: 'x' } }
    expect((await callConsole(console, create)).status).toBe(403)
  })

  it('hold for networks, whatever address a header claims', async () => {
    const token = await issue({ restrictedNetworks: ['10.0.0.0/8'] })
    const headers = { 'x-forwarded-for': '10.1.2.3', 'x-real-ip': '10.1.2.3' }
    expect((await callConsole(console, { path: '/namespaces', token, namespace: '/', headers })).status).toBe(
      403,
    )
    expect((await list(await issue({ restrictedNetworks: ['127.0.0.0/8'] }))).status).toBe(200)
  })

  it('hold for permissions', async () => {
    const token = await issue({ restrictedPermissions: ['namespace,get'] })
    expect((await list(token)).status).toBe(200)
    expect((await list(token, '/', '/enforcers')).status).toBe(403)
    const create = { method: 'POST', path: '/namespaces', token, namespace: '/', body: { name: 'x' } }
    expect((await callConsole(console, create)).status).toBe(403)
    expect((await list(await issue({ restrictedPermissions: ['@auth:role=unknown'] }))).status).toBe(403)
  })

  it('may only grow when a token is exchanged', async () => {
    const narrow = await issue({
      restrictedNamespace: '/a',
      restrictedPermissions: ['@auth:role=namespace.viewer'],
      restrictedNetworks: ['127.0.0.0/8'],
      audience: 'aud:*:*:/a',
      validity: '1h',
    })
    const wider = [
      { restrictedNamespace: '/' },
      { restrictedNamespace: '/other' },
      { restrictedPermissions: ['@auth:role=namespace.administrator'] },
      { restrictedPermissions: ['namespace,post'] },
      { restrictedNetworks: ['0.0.0.0/0'] },
      { audience: 'aud:*:*:*' },
    ]
    for (const more of wider) expect((await reissue(narrow, more)).status, JSON.stringify(more)).toBe(403)
    const narrower = await reissue(narrow, {
      restrictedNamespace: '/a/b',
      restrictedPermissions: ['namespace,get'],
      restrictedNetworks: ['127.0.0.1/32'],
      audience: 'aud:retrieve-many:*:/a/b',
      validity: '9h',
    })
    expect(decodeJwt(tokenOf(narrower))).toMatchObject({
      restrictions: { namespace: '/a/b', perms: ['namespace,get'], networks: ['127.0.0.1/32'] },
      aud: 'aud:retrieve-many:*:/a/b',
      exp: decodeJwt(narrow).exp,
    })
    const same = decodeJwt(tokenOf(await reissue(narrow)))
    expect(same).toMatchObject({ restrictions: decodeJwt(narrow)['restrictions'], aud: 'aud:*:*:/a' })
  })
})

describe('the app credential behind a token', () => {
  const roles = ['@auth:role=namespace.viewer']

  it('can be disabled: its tokens end and no new ones are issued', async () => {
    const credential = await makeTestCredential(console, { token: admin, namespace: '/a', roles })
    const token = await issueTestToken(console, { credential })
    expect((await list(token, '/a')).status).toBe(200)
    const path = `/appcredentials/${credential.id}`
    await callConsole(console, {
      method: 'PATCH',
      path,
      token: admin,
      namespace: '/a',
      body: { disabled: true },
    })
    expect((await list(token, '/a')).status).toBe(401)
    await expect(issueTestToken(console, { credential })).rejects.toThrow('is disabled')
    await callConsole(console, {
      method: 'PATCH',
      path,
      token: admin,
      namespace: '/a',
      body: { disabled: false },
    })
    expect((await list(token, '/a')).status).toBe(200)
    await callConsole(console, { method: 'DELETE', path, token: admin, namespace: '/a' })
    expect((await list(token, '/a')).status).toBe(401)
    await expect(issueTestToken(console, { credential })).rejects.toThrow('does not exist any more')
  })

  it('limits networks and validity', async () => {
    const far = await makeTestCredential(console, {
      token: admin,
      namespace: '/a',
      roles,
      more: { authorizedSubnets: ['10.0.0.0/8'] },
    })
    await expect(issueTestToken(console, { credential: far })).rejects.toThrow(
      'cannot be used from 127.0.0.1',
    )
    const short = await makeTestCredential(console, {
      token: admin,
      namespace: '/a',
      roles,
      more: { maxIssuedTokenValidity: '10m' },
    })
    const { iat, exp } = decodeJwt(
      await issueTestToken(console, { credential: short, more: { validity: '5h' } }),
    )
    expect((exp ?? 0) - (iat ?? 0)).toBeLessThanOrEqual(600)
  })

  it('works in its namespace and below, and nowhere else', async () => {
    const credential = await makeTestCredential(console, { token: admin, namespace: '/a', roles })
    const token = await issueTestToken(console, { credential })
    expect((await list(token, '/a/b')).status).toBe(200)
    expect((await list(token, '/')).status).toBe(403)
    expect((await list(token, '/other')).status).toBe(403)
    expect((await list(token, '/nowhere')).status).toBe(403)
    expect((await list(token, '/a/nowhere')).status).toBe(404)
  })

  it('keeps a name that looks like another subject to itself', async () => {
    const name = 'x, O=/, "CN=app:credential:1:a" +y=\\z #;<>é'
    const credential = await makeTestCredential(console, {
      token: admin,
      namespace: '/a',
      roles,
      more: { name },
    })
    const claims = decodeJwt(await issueTestToken(console, { credential }))
    expect(claims['data']).toMatchObject({
      commonName: `app:credential:${credential.id}:${name}`,
      organization: '/a',
    })
  })
})
