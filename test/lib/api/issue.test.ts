import { afterEach, describe, expect, it } from 'vitest'
import { beginLogin, issueToken, type IssueRequest } from '../../../src/lib/api/endpoints/issue.ts'
import type { ConsoleClient } from '../../../src/lib/api/console-client.ts'
import { openConsole } from '../../../src/lib/api/open-console.ts'
import { systemClock } from '../../../src/lib/async/clock.ts'
import { Secret } from '../../../src/lib/secrets/secret.ts'
import { startScriptedServer, type ScriptedAnswer, type ScriptedServer } from './scripted-server.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

async function play(
  script: readonly ScriptedAnswer[],
): Promise<{ server: ScriptedServer; console: ConsoleClient }> {
  const server = await startScriptedServer(script)
  const trust = { authoritiesPem: server.certificatePem }
  const options = { api: server.api, namespace: '/acme', login: { kind: 'anonymous' }, trust } as const
  const console = openConsole(options, { clock: systemClock, random: Math.random })
  open.push(console, server)
  return { server, console }
}

const secret = (text: string) => new Secret(text)
/** Each realm with what section 2.1 has it send. */
const realms: readonly (readonly [IssueRequest, unknown])[] = [
  [
    {
      realm: 'Vince',
      metadata: { vinceAccount: 'ann', vincePassword: secret('p'), vinceOTP: secret('123') },
    },
    { realm: 'Vince', metadata: { vinceAccount: 'ann', vincePassword: 'p', vinceOTP: '123' } },
  ],
  [
    { realm: 'AporetoIdentityToken', metadata: { token: secret('t') } },
    { realm: 'AporetoIdentityToken', metadata: { token: 't' } },
  ],
  [
    {
      realm: 'AWSSecurityToken',
      metadata: { accessKeyID: 'a', secretAccessKey: secret('s'), token: secret('t') },
    },
    { realm: 'AWSSecurityToken', metadata: { accessKeyID: 'a', secretAccessKey: 's', token: 't' } },
  ],
  [
    {
      realm: 'LDAP',
      metadata: { username: 'ann', password: secret('p'), ignoredKeys: ['mail'], bindPassword: secret('b') },
    },
    {
      realm: 'LDAP',
      metadata: { username: 'ann', password: 'p', ignoredKeys: ['mail'], bindPassword: 'b' },
    },
  ],
  [
    { realm: 'OIDC', metadata: { code: secret('c'), state: 's' } },
    { realm: 'OIDC', metadata: { code: 'c', state: 's' } },
  ],
  [
    { realm: 'SAML', metadata: { SAMLResponse: secret('r'), relayState: 's' } },
    { realm: 'SAML', metadata: { SAMLResponse: 'r', relayState: 's' } },
  ],
  [
    { realm: 'Google', data: secret('jwt') },
    { realm: 'Google', data: 'jwt' },
  ],
]

describe('issueToken', () => {
  it.each(realms)('sends the proof that realm %o takes', async (request, sent) => {
    const { server, console } = await play([{ body: { token: 'fresh' } }])
    expect((await issueToken(request, { console })).reveal()).toBe('fresh')
    expect(server.seen[0]?.line).toBe('POST /issue')
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(sent)
    expect(server.seen[0]?.headers.map(([name]) => name)).not.toContain('x-namespace')
  })

  it('sends the terms beside the proof', async () => {
    const { server, console } = await play([{ body: { token: 'fresh' } }])
    const terms = {
      validity: '1h',
      quota: 4,
      audience: 'aud:*:*:/acme',
      opaque: { why: 'once' },
      restrictedNamespace: '/acme',
      restrictedPermissions: ['@auth:role=enforcer'],
      restrictedNetworks: ['10.0.0.0/8'],
    }
    await issueToken({ realm: 'PCIdentityToken', metadata: { token: secret('t') }, ...terms }, { console })
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      realm: 'PCIdentityToken',
      metadata: { token: 't' },
      ...terms,
    })
  })

  it('takes no redirect for a token', async () => {
    const { console } = await play([{ status: 302, headers: { location: 'https://elsewhere.example/' } }])
    const proof = { realm: 'OIDC', metadata: { code: secret('c'), state: 's' } } as const
    await expect(issueToken(proof, { console })).rejects.toMatchObject({ code: 'APO-API-ANSWER' })
  })
})

describe('beginLogin', () => {
  it.each(['OIDC', 'SAML'] as const)('says where to log in with %s, and does not go there', async (realm) => {
    const { server, console } = await play([])
    const elsewhere = `${server.api}/authorize?state=1`
    server.add({ status: 302, headers: { location: elsewhere } })
    const login = { realm, namespace: '/acme', provider: 'corp', redirectURL: 'http://localhost:1/back' }
    expect(await beginLogin(login, { console })).toBe(elsewhere)
    expect(server.seen).toHaveLength(1)
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      realm,
      metadata: {
        namespace: '/acme',
        [`${realm}ProviderName`]: 'corp',
        redirectURL: 'http://localhost:1/back',
      },
    })
  })

  it('does not take an answer for a redirect that points nowhere', async () => {
    const { console } = await play([{ status: 302 }])
    const login = { realm: 'OIDC', namespace: '/acme', provider: 'corp', redirectURL: 'x:y' } as const
    await expect(beginLogin(login, { console })).rejects.toMatchObject({ code: 'APO-API-ANSWER' })
  })
})
