import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CloudRealm } from '../../../src/console/auth/clouds/cloud-identity.ts'
import { createClouds } from '../../../src/console/auth/clouds/clouds.ts'
import { RefusedRequest } from '../../../src/console/refused-request.ts'
import type { ConsoleNote } from '../../../src/console/world.ts'
import { startTestClouds, type TestClouds } from '../../helpers/clouds/test-clouds.ts'
import type { RawAnswer } from '../../helpers/console.ts'
import { startPrivateServer } from '../../helpers/private-server.ts'
import { besiege, type Besieged } from './besieged.ts'

let clouds: TestClouds
let besieged: Besieged
beforeAll(async () => {
  clouds = await startTestClouds()
  besieged = await besiege({ clouds: clouds.options })
})
afterEach(() => {
  clouds.instead = undefined
})
afterAll(async () => {
  await besieged.close()
  await clouds.close()
})

type Claims = Readonly<Record<string, unknown>>
const now = (): number => Math.floor(Date.now() / 1000)
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const issue = (realm: string, metadata: object): Promise<RawAnswer> =>
  besieged.attack({ method: 'POST', path: '/issue', token: undefined, body: { realm, metadata } })

const google = (more: Claims = {}, by?: { readonly header?: object }): Promise<string> =>
  clouds.google.sign(clouds.googleClaims(more), by)
const withPublicKey = (): string => {
  const pem = createPublicKey(clouds.google.privateKey).export({ type: 'spki', format: 'pem' })
  const head = `${base64({ alg: 'HS256', kid: 'today' })}.${base64(clouds.googleClaims())}`
  return `${head}.${createHmac('sha256', pem).update(head).digest('base64url')}`
}
const strangers = generateKeyPairSync('rsa', { modulusLength: 2048 })
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const googleTokens: Readonly<Record<string, () => Promise<string> | string>> = {
  'for somebody else': () => google({ aud: 'https://vault.example' }),
  'for everybody': () => google({ aud: '*' }),
  'for nobody': () => google({ aud: undefined }),
  'for a name that only begins alike': () => google({ aud: 'aporeto.evil.example' }),
  'of another issuer': () => google({ iss: 'https://accounts.google.com.evil.example' }),
  'of an issuer without TLS': () => google({ iss: 'http://accounts.google.com' }),
  'without issuer': () => google({ iss: undefined }),
  'that has expired': () => google({ iat: now() - 7200, exp: now() - 3600 }),
  'that never ends': () => google({ exp: undefined }),
  'whose end is a text': () => google({ exp: 'never' }),
  'made in the future': () => google({ iat: now() + 3600, exp: now() + 7200 }),
  'made long ago, for long': () => google({ iat: now() - 30 * 86_400, exp: now() + 86_400 }),
  'that begins later': () => google({ nbf: now() + 3600 }),
  'that does not say when it was made': () => google({ iat: undefined }),
  'of nobody': () => google({ sub: undefined }),
  'that is not signed': () => `${base64({ alg: 'none', kid: 'today' })}.${base64(clouds.googleClaims())}.`,
  'signed with the public key as a secret': withPublicKey,
  'signed by a stranger': () => clouds.google.sign(clouds.googleClaims(), { key: strangers.privateKey }),
  'signed by a stranger with a key nobody knows': () =>
    clouds.google.sign(clouds.googleClaims(), { key: strangers.privateKey, header: { kid: 'mine' } }),
  'that does not say with which key': () => google({}, { header: { kid: undefined } }),
  'that brings its own key': () =>
    clouds.google.sign(clouds.googleClaims(), {
      key: strangers.privateKey,
      header: { kid: 'mine', jwk: strangers.publicKey.export({ format: 'jwk' }) },
    }),
  'that says where its key is': () =>
    clouds.google.sign(clouds.googleClaims(), {
      key: strangers.privateKey,
      header: { kid: 'mine', jku: 'https://127.0.0.1:1/keys' },
    }),
  'of another algorithm': () =>
    clouds.google.sign(clouds.googleClaims(), { key: curve.privateKey, header: { alg: 'ES256' } }),
  'of another padding': () => google({}, { header: { alg: 'PS256' } }),
  'with a critical header nobody knows': () => google({}, { header: {} }).then(withCritical),
  'signed by another cloud': () => clouds.azure.sign(clouds.googleClaims()),
  'whose claims were changed': async () => {
    const [head = '', , signature = ''] = (await google()).split('.')
    return `${head}.${base64(clouds.googleClaims({ email: 'root@acme.example' }))}.${signature}`
  },
  'that is encrypted': () => `${base64({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`,
  'that is three dots': () => '...',
  'that is very long': () => 'a'.repeat(100_000),
  'that is a token of the Console': () => besieged.attacker.token,
}
const withCritical = (token: string): string => {
  const [, claims = '', signature = ''] = token.split('.')
  return `${base64({ alg: 'RS256', kid: 'today', crit: ['x'], x: 1 })}.${claims}.${signature}`
}

describe('a token of Google Cloud', () => {
  it.each(Object.keys(googleTokens))('%s is refused', async (what) => {
    const token = await (googleTokens[what] as () => Promise<string> | string)()
    const answer = await issue('GCPIdentityToken', { token })
    expect([answer.status, answer.body]).toEqual([
      401,
      [
        expect.objectContaining({
          title: 'Unauthorized',
          description: expect.stringMatching(/^Invalid token of Google Cloud: /),
        }),
      ],
    ])
  })

  it('with an invented key makes the Console ask again, but not each time', async () => {
    clouds.asked.length = 0
    for (let time = 0; time < 5; time++) {
      const token = await google({}, { header: { kid: `invented ${time}` } })
      expect((await issue('GCPIdentityToken', { token })).status).toBe(401)
    }
    expect(clouds.asked.length).toBeLessThanOrEqual(1)
  })

  it.each([5, ['a'], { a: 1 }, null, ''])('that is %j is none', async (token) => {
    expect((await issue('GCPIdentityToken', { token })).status).toBe(422)
  })
})

const other = '99999999-8888-7777-6666-555555555555'
const azureTokens: Readonly<Record<string, Claims>> = {
  'for another service': { aud: 'https://graph.microsoft.com' },
  'for a service that only begins alike': { aud: 'https://management.azure.com.evil.example' },
  'of another issuer': { iss: 'https://sts.windows.net.evil.example/' },
  'of the issuer of another tenant': { iss: `https://sts.windows.net/${other}/` },
  'of the authority itself': { iss: 'https://sts.windows.net/common/' },
  'of a tenant nobody knows': { tid: other, iss: `https://sts.windows.net/${other}/` },
  'of all tenants': { tid: 'common', iss: 'https://sts.windows.net/common/' },
  'of a tenant that is a way up': { tid: '../../oauth2/v3/certs?' },
  'of a tenant that is another host': { tid: '@evil.example/' },
  'of no tenant': { tid: undefined },
  'that has expired': { iat: 1, nbf: 1, exp: 2 },
  'that begins later': { nbf: now() + 3600 },
  'made in the future': { iat: now() + 3600 },
}

describe('a token of Azure', () => {
  it.each(Object.keys(azureTokens))('%s is refused', async (what) => {
    clouds.asked.length = 0
    const token = await clouds.azure.sign(clouds.azureClaims(azureTokens[what]))
    const answer = await issue('AzureIdentityToken', { token })
    expect([answer.status, answer.body]).toEqual([401, [expect.objectContaining({ code: 401 })]])
    for (const address of clouds.asked) expect(address).toMatch(/^GET \/azure\/[0-9a-f-]{36}\/discovery\//)
  })

  it('signed by another cloud, or in another way, is refused', async () => {
    for (const token of [
      await clouds.google.sign(clouds.azureClaims()),
      await clouds.azure.sign(clouds.azureClaims(), { header: { alg: 'PS256' } }),
      await clouds.azure.sign(clouds.azureClaims(), { header: { alg: 'RS512' } }),
    ]) {
      expect((await issue('AzureIdentityToken', { token })).status).toBe(401)
    }
  })
})

describe('credentials of AWS', () => {
  it.each([
    { accessKeyID: 'ASIA\r\nX-Injected: 1' },
    { accessKeyID: 'short' },
    { accessKeyID: 'A'.repeat(200) },
    { accessKeyID: { $ne: '' } },
    { token: 'line\r\nX-Injected: 1' },
    { token: 'ütf' },
    { token: 'a'.repeat(100_000) },
    { secretAccessKey: ['a'] },
  ])('that are none do not leave the Console: %.60j', async (more) => {
    clouds.asked.length = 0
    const { accessKeyID, secretAccessKey, token } = clouds.aws
    const answer = await issue('AWSSecurityToken', { accessKeyID, secretAccessKey, token, ...more })
    expect([answer.status, clouds.asked]).toEqual([422, []])
  })
})

type Misbehave = (request: IncomingMessage, response: ServerResponse) => void
const say =
  (status: number, body: string, headers: Record<string, string> = {}): Misbehave =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body)

const elsewhere = 'https://evil.example/keys'
const misbehaving: Readonly<Record<string, Misbehave>> = {
  fails: say(500, 'oops'),
  'is busy': say(429, ''),
  'says nothing': say(200, ''),
  'sends to somebody else': say(302, '', { Location: elsewhere }),
  'sends to somebody else for good': say(308, '', { Location: elsewhere }),
  'sends to itself': say(307, '', { Location: '/oauth2/v3/certs' }),
  'answers with a page': say(200, '<html>log in</html>', { 'Content-Type': 'text/html' }),
  'answers with something else': say(200, '{"hello":"world"}'),
  'answers with a list': say(200, '[]'),
  'answers with null': say(200, 'null'),
  'answers with keys that are none': say(200, '{"keys":[{"kty":"RSA","kid":"today","n":"AQAB","e":"AQAB"}]}'),
  'answers with an XML bomb': say(
    200,
    `<!DOCTYPE x [<!ENTITY a "${'x'.repeat(1000)}"><!ENTITY b "${'&a;'.repeat(1000)}"><!ENTITY c "${'&b;'.repeat(1000)}">]><x>&c;</x>`,
    { 'Content-Type': 'text/xml' },
  ),
  'answers endlessly': (_request, response) => {
    response.writeHead(200)
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    }
    response.on('drain', more)
    more()
  },
  'hangs up': (request) => void request.socket.destroy(),
  'hangs up in the middle': (_request, response) => {
    response.writeHead(200, { 'Content-Length': '1000' }).write('{"keys":[')
    setTimeout(() => response.destroy(), 20)
  },
  'never answers': () => undefined,
  'never comes to an end': (_request, response) => void response.writeHead(200).write('{"keys":['),
  'compresses though nobody asked': say(200, 'not gzip', { 'Content-Encoding': 'gzip' }),
}

/** A login of each realm that would succeed, at clouds nobody has asked before. */
async function tryAll(options = clouds.options): Promise<readonly unknown[]> {
  const notes: ConsoleNote[] = []
  const fresh = createClouds(options, { clock: { nowMs: Date.now }, note: (note) => notes.push(note) })
  const { accessKeyID, secretAccessKey, token } = clouds.aws
  const proofs: readonly (readonly [CloudRealm, Record<string, string>])[] = [
    ['AWSSecurityToken', { accessKeyID, secretAccessKey, token }],
    ['GCPIdentityToken', { token: await google() }],
    ['AzureIdentityToken', { token: await clouds.azure.sign(clouds.azureClaims()) }],
  ]
  const outcomes = await Promise.all(
    proofs.map(([realm, metadata]) =>
      fresh.identify({ realm, metadata }, '127.0.0.1').then(
        () => 'identified',
        (error: unknown) =>
          error instanceof RefusedRequest ? [error.status, error.retryAfterSeconds] : String(error),
      ),
    ),
  )
  expect(notes).toHaveLength(outcomes.filter((outcome) => outcome !== 'identified').length)
  return outcomes
}
const later = [503, 5]

describe('a cloud', () => {
  it('that behaves knows everybody', async () => {
    expect(await tryAll()).toEqual(['identified', 'identified', 'identified'])
  })

  it.each(Object.keys(misbehaving))(
    'that %s cannot be asked, which may change',
    async (what) => {
      clouds.instead = misbehaving[what]
      expect(await tryAll()).toEqual([later, later, later])
      expect(clouds.asked.every((address) => !address.includes('evil'))).toBe(true)
    },
    10_000,
  )

  it('that says more than it has to say is not listened to', async () => {
    clouds.instead = (_request, response) =>
      void response.end(`${JSON.stringify(clouds.google.published)}${' '.repeat(300_000)}`)
    expect(await tryAll()).toEqual([later, later, later])
    const begun = performance.now()
    clouds.instead = misbehaving['answers endlessly']
    expect(await tryAll()).toEqual([later, later, later])
    expect(performance.now() - begun).toBeLessThan(4000)
  })

  it('whose certificate is of another authority is not believed', async () => {
    expect(await tryAll({ ...clouds.options, caPem: besieged.console.caPem })).toEqual([later, later, later])
  })

  it('whose certificate is for another name is not believed', async () => {
    const wrong = await startPrivateServer(say(200, JSON.stringify(clouds.google.published)), ['elsewhere'])
    const { url, caPem } = wrong
    const options = { awsStsUrl: url, gcpKeysUrl: url, azureAuthorityUrl: url, caPem }
    expect(await tryAll(options)).toEqual([later, later, later])
    await wrong.close()
  })

  it('that is not there cannot be asked', async () => {
    const url = 'https://127.0.0.1:9'
    const options = { ...clouds.options, awsStsUrl: url, gcpKeysUrl: url, azureAuthorityUrl: url }
    expect(await tryAll(options)).toEqual([later, later, later])
  })

  it('that is asked without TLS elsewhere than on this machine is not asked', async () => {
    const url = 'http://203.0.113.1'
    const options = { ...clouds.options, awsStsUrl: url, gcpKeysUrl: url, azureAuthorityUrl: url }
    expect(await tryAll(options)).toEqual([later, later, later])
  })

  it.each([
    ['Throttling', 400, 503],
    ['RequestLimitExceeded', 400, 503],
    ['ServiceUnavailable', 503, 503],
    ['RegionDisabledException', 403, 401],
  ])('of AWS that says %s with %i is told apart: %i', async (Code, said, status) => {
    clouds.instead = say(said, JSON.stringify({ Error: { Code, Type: 'Sender' } }))
    const { accessKeyID, secretAccessKey, token } = clouds.aws
    const answer = await issue('AWSSecurityToken', { accessKeyID, secretAccessKey, token })
    expect([answer.status, answer.headers['retry-after']]).toEqual([status, status === 503 ? '5' : undefined])
  })

  it.each([
    ['of another account', { Arn: 'arn:aws:sts::999999999999:assumed-role/web/x' }],
    ['of another service', { Arn: 'arn:aws:s3::123456789012:assumed-role/web/x' }],
    ['with a role in a role', { Arn: 'arn:aws:sts::123456789012:assumed-role/web/x/y' }],
    ['without a session', { Arn: 'arn:aws:sts::123456789012:assumed-role/web' }],
    ['that is markup', { Arn: 'arn:aws:sts::123456789012:assumed-role/<b>/x' }],
    ['with an account that is none', { Account: 'root' }],
    ['with an ID that is none', { UserId: 'a b' }],
    ['with an ID that is a number', { UserId: 5 }],
  ])('of AWS that names somebody %s is not believed', async (_what, more) => {
    const result = { Account: '123456789012', Arn: clouds.aws.arn, UserId: 'AROAX:x', ...more }
    clouds.instead = say(
      200,
      JSON.stringify({ GetCallerIdentityResponse: { GetCallerIdentityResult: result } }),
    )
    const { accessKeyID, secretAccessKey, token } = clouds.aws
    expect((await issue('AWSSecurityToken', { accessKeyID, secretAccessKey, token })).status).toBe(503)
  })

  it('that never answers holds up a few strangers and nobody else', async () => {
    clouds.instead = () => undefined
    clouds.asked.length = 0
    const { accessKeyID, secretAccessKey, token } = clouds.aws
    const logIn = (): Promise<RawAnswer> => issue('AWSSecurityToken', { accessKeyID, secretAccessKey, token })
    const waiting = Array.from({ length: 16 }, logIn)
    while (clouds.asked.length < 16) await new Promise((resolve) => setTimeout(resolve, 5))
    const one = await logIn()
    expect([one.status, one.headers['retry-after']]).toEqual([503, '1'])
    expect((await besieged.attack({ path: '/enforcers' })).status).toBe(200)
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(503)
    clouds.instead = undefined
    expect((await logIn()).status).toBe(200)
  }, 15_000)
})

it('none of this failed the Console or showed what belongs to others', () => {
  expect(besieged.damage()).toEqual([])
})
