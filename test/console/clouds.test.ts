import { decodeJwt } from 'jose'
import WebSocket from 'ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestClouds, type TestClouds } from '../helpers/clouds/test-clouds.ts'
import {
  callConsole,
  issueTestToken,
  startTestConsole,
  type RawAnswer,
  type TestConsole,
} from '../helpers/console.ts'

let clouds: TestClouds
let console: TestConsole
let admin: string

const expired = {
  accessKeyID: 'ASIAEXPIREDEXPIRED01',
  secretAccessKey: 'secret',
  token: 'token',
  account: '123456789012',
  arn: 'arn:aws:sts::123456789012:assumed-role/web/x',
  userId: 'AROAX:x',
  expired: true,
} as const
const user = {
  accessKeyID: 'ASIAUSERUSERUSERUS01',
  secretAccessKey: 'secret of a user',
  token: 'token',
  account: '210987654321',
  arn: 'arn:aws-cn:iam::210987654321:user/ops/ann',
  userId: 'AIDAEXAMPLE',
} as const

beforeAll(async () => {
  clouds = await startTestClouds([expired, user])
  console = await startTestConsole({ clouds: clouds.options })
  admin = await issueTestToken(console, { credential: console.adminCredential })
  await callConsole(console, { ...asAdmin(), method: 'POST', path: '/namespaces', body: { name: 'a' } })
})
afterAll(async () => {
  await console.close()
  await clouds.close()
})

const asAdmin = (namespace = '/') => ({ token: admin, namespace })
const issue = (realm: string, metadata: object, more: object = {}): Promise<RawAnswer> =>
  callConsole(console, { method: 'POST', path: '/issue', body: { realm, metadata, ...more } })
const aws = (more: object = {}): Promise<RawAnswer> => {
  const { accessKeyID, secretAccessKey, token } = clouds.aws
  return issue('AWSSecurityToken', { accessKeyID, secretAccessKey, token, ...more })
}
const gcp = async (more = {}): Promise<RawAnswer> =>
  issue('GCPIdentityToken', { token: await clouds.google.sign(clouds.googleClaims(more)) })
const azure = async (more = {}): Promise<RawAnswer> =>
  issue('AzureIdentityToken', { token: await clouds.azure.sign(clouds.azureClaims(more)) })
const tokenOf = (answer: RawAnswer): string => {
  expect(answer.status, answer.bytes.toString()).toBe(200)
  return (answer.body as { token: string }).token
}
const textOf = (answer: RawAnswer): string => (answer.body as { description: string }[])[0]?.description ?? ''

describe('a login with AWS', () => {
  it('is for whom AWS says the credentials are', async () => {
    expect(decodeJwt(tokenOf(await aws()))).toMatchObject({
      realm: 'awssecuritytoken',
      sub: 'AROAEXAMPLEEXAMPLE01:i-0123456789abcdef0',
      data: {
        account: '123456789012',
        arn: 'arn:aws:sts::123456789012:assumed-role/web/i-0123456789abcdef0',
        organization: '123456789012',
        partition: 'aws',
        realm: 'awssecuritytoken',
        resource: 'web/i-0123456789abcdef0',
        resourcetype: 'assumed-role',
        rolename: 'web',
        rolesessionname: 'i-0123456789abcdef0',
        service: 'sts',
        subject: 'AROAEXAMPLEEXAMPLE01:i-0123456789abcdef0',
        userid: 'AROAEXAMPLEEXAMPLE01:i-0123456789abcdef0',
      },
    })
  })

  it('can be one of a user, in another partition, who has no role', async () => {
    const { accessKeyID, secretAccessKey, token } = user
    const { data } = decodeJwt(tokenOf(await aws({ accessKeyID, secretAccessKey, token })))
    expect(data).toMatchObject({
      partition: 'aws-cn',
      service: 'iam',
      resourcetype: 'user',
      resource: 'ops/ann',
    })
    expect(data).not.toHaveProperty('rolename')
  })

  it('is refused when AWS refuses', async () => {
    const strange = await aws({ accessKeyID: 'ASIASTRANGESTRANGE01' })
    expect([strange.status, textOf(strange)]).toEqual([
      401,
      'AWS does not know these credentials (InvalidClientTokenId)',
    ])
    const wrong = await aws({ secretAccessKey: 'guessed' })
    expect([wrong.status, textOf(wrong)]).toEqual([
      401,
      'AWS does not know these credentials (SignatureDoesNotMatch)',
    ])
    const { accessKeyID, secretAccessKey, token } = expired
    expect(textOf(await aws({ accessKeyID, secretAccessKey, token }))).toContain('(ExpiredToken)')
  })

  it.each([['accessKeyID'], ['secretAccessKey'], ['token']])('needs %s', async (name) => {
    const answer = await aws({ [name]: undefined })
    expect([answer.status, textOf(answer)]).toEqual([422, `Realm AWSSecurityToken needs metadata '${name}'`])
  })
})

describe('a login with Google Cloud', () => {
  it('is for the machine of the token', async () => {
    expect(decodeJwt(tokenOf(await gcp()))).toMatchObject({
      realm: 'gcpidentitytoken',
      sub: '110987294251917851298',
      data: {
        email: '217706947495-compute@developer.gserviceaccount.com',
        instancename: 'web-1',
        projectid: 'acme-prod',
        projectnumber: '217706947495',
        realm: 'gcpidentitytoken',
        subject: '110987294251917851298',
        zone: 'europe-west1-b',
      },
    })
  })

  it('can be one of a service account that is no machine', async () => {
    const { data } = decodeJwt(tokenOf(await gcp({ google: undefined })))
    expect(Object.keys(data as object).sort()).toEqual(['email', 'realm', 'subject'])
  })

  it('does not believe an address that Google has not verified', async () => {
    const { data } = decodeJwt(tokenOf(await gcp({ email_verified: false })))
    expect(data).not.toHaveProperty('email')
  })

  it('asks for the keys once', async () => {
    await gcp()
    clouds.asked.length = 0
    await Promise.all([gcp(), gcp(), gcp()])
    expect(clouds.asked).toEqual([])
  })
})

describe('a login with Azure', () => {
  it('is for the machine of the token, in lower case', async () => {
    expect(decodeJwt(tokenOf(await azure()))).toMatchObject({
      realm: 'azureidentitytoken',
      sub: 'bbbbbbbb-0000-0000-0000-000000000002',
      data: {
        appid: 'aaaaaaaa-0000-0000-0000-000000000001',
        objectid: 'bbbbbbbb-0000-0000-0000-000000000002',
        realm: 'azureidentitytoken',
        resourcegroup: 'prod-rg',
        resourcename: 'web-1',
        resourcetype: 'microsoft.compute/virtualmachines',
        subject: 'bbbbbbbb-0000-0000-0000-000000000002',
        subscriptionid: 'cccccccc-0000-0000-0000-000000000003',
        tenantid: clouds.tenant,
      },
    })
  })

  it.each([
    ['with a slash behind the audience', { aud: 'https://management.azure.com/' }],
    ['of the government', { aud: 'https://management.usgovcloudapi.net' }],
    ['of an application that is no machine', { xms_mirid: undefined }],
  ])('can be one %s', async (_what, more) => {
    expect((await azure(more)).status).toBe(200)
  })

  it('can be one of the second version, which says its application in another way', async () => {
    const iss = `${clouds.options.azureAuthorityUrl}/${clouds.tenant}/v2.0`
    const { data } = decodeJwt(tokenOf(await azure({ iss, appid: undefined, azp: 'application' })))
    expect(data).toMatchObject({ appid: 'application' })
    expect(clouds.asked).toContain(`GET /azure/${clouds.tenant}/discovery/v2.0/keys`)
  })

  it('is not for people', async () => {
    const answer = await azure({ scp: 'user_impersonation' })
    expect([answer.status, textOf(answer)]).toEqual([
      401,
      'The token of Azure is that of a person; log in with an OIDC provider instead',
    ])
  })
})

describe('who logged in with a cloud', () => {
  it('may do what policies say, within restrictions, until they say something else', async () => {
    const token = tokenOf(await gcp())
    const list = async (): Promise<number> =>
      (await callConsole(console, { path: '/enforcers', token, namespace: '/a' })).status
    expect(await list()).toBe(403)
    const made = await callConsole(console, {
      ...asAdmin('/a'),
      method: 'POST',
      path: '/apiauthorizationpolicies',
      body: {
        name: 'machines',
        subject: [['@auth:realm=gcpidentitytoken', '@auth:projectid=acme-prod', '@auth:zone=europe-west1-b']],
        authorizedIdentities: ['@auth:role=namespace.viewer'],
      },
    })
    expect(made.status, made.bytes.toString()).toBe(200)
    expect(await list()).toBe(200)
    const other = tokenOf(
      await gcp({ google: { compute_engine: { project_id: 'acme-prod', zone: 'us-east1-b' } } }),
    )
    expect((await callConsole(console, { path: '/enforcers', token: other, namespace: '/a' })).status).toBe(
      403,
    )
    const socket = new WebSocket(
      `${console.url.replace('https', 'wss')}/events?namespace=/a&token=${token}`,
      {
        ca: console.caPem,
      },
    )
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const path = `/apiauthorizationpolicies/${(made.body as { ID: string }).ID}`
    await callConsole(console, { ...asAdmin('/a'), method: 'DELETE', path })
    expect(await closed).toBe(1008)
    expect(await list()).toBe(403)
  })

  it('gets no more than was asked for', async () => {
    const restricted = await issue(
      'GCPIdentityToken',
      { token: await clouds.google.sign(clouds.googleClaims()) },
      { validity: '10m', quota: 2, restrictedNamespace: '/a' },
    )
    const { exp = 0, iat = 0, ...claims } = decodeJwt(tokenOf(restricted))
    expect(exp - iat).toBe(600)
    expect(claims).toMatchObject({ quota: 2, restrictions: { namespace: '/a' } })
  })

  it.each([
    ['awssecuritytoken', '@auth:rolename=web', 'account'],
    ['gcpidentitytoken', '@auth:instancename=web-1', 'projectid'],
    ['azureidentitytoken', '@auth:appid=x', 'tenantid'],
  ])('is not anybody at all: a policy for %s with %s names no customer', async (realm, claim, key) => {
    const answer = await callConsole(console, {
      ...asAdmin('/a'),
      method: 'POST',
      path: '/apiauthorizationpolicies',
      body: {
        name: 'everybody',
        subject: [[`@auth:realm=${realm}`, claim]],
        authorizedIdentities: ['@auth:role=namespace.viewer'],
      },
    })
    expect(answer.status).toBe(422)
    expect(textOf(answer)).toContain(`'@auth:${key}'`)
  })
})

it('leaves nothing to complain about', () => {
  expect(console.notes.filter(({ type }) => type !== 'certificate-renewed')).toEqual([])
})
