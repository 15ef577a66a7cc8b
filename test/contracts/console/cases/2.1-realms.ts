import type { ConformanceCase, ConformanceGroup, ExpectedAnswer } from '../run/case.ts'
import { check, post } from '../run/steps.ts'

const nobody = { token: null, namespace: null } as const
const issue = (realm: string, metadata: object, expect: number | ExpectedAnswer): ConformanceCase =>
  check(
    '§2.1',
    `${realm} with ${JSON.stringify(metadata)}`,
    post('/issue', { realm, metadata }, expect, nobody),
  )

/** What the embedded Console leaves to others, and what it says to do instead. */
const left: readonly (readonly [realm: string, metadata: object, instead: RegExp])[] = [
  ['LDAP', { username: 'ann', password: 'x', namespace: '/', provider: 'p' }, /realm Vince|OIDC provider/],
  ['SAML', { namespace: '/', SAMLProviderName: 'p', redirectURL: 'http://localhost/' }, /OIDC provider/],
  ['SAML', { SAMLResponse: 'PHNhbWw+', relayState: 'x' }, /OIDC provider/],
  ['Google', {}, /OIDC provider/],
  ['PCIdentityToken', { token: 'a.b.c' }, /app credential/],
]

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'realms',
    cases: [
      issue('GCPIdentityToken', { token: 'a.b.c' }, 401),
      issue('AzureIdentityToken', { token: 'a.b.c' }, 401),
      issue('AporetoIdentityToken', { token: 'a.b.c' }, 401),
      issue('Vince', { vinceAccount: 'nobody-of-this-name', vincePassword: 'wrong' }, 401),
      ...['AWSSecurityToken', 'GCPIdentityToken', 'AzureIdentityToken'].map((realm) => ({
        ...issue(realm, {}, { status: 422, error: { data: { attribute: 'metadata' } } }),
        embeddedOnly: 'the contract does not say with what missing proof is refused',
      })),
      ...left.map(([realm, metadata, instead]) => ({
        ...issue(realm, metadata, {
          status: 501,
          error: { title: 'Not implemented', description: instead },
        }),
        embeddedOnly: 'other Consoles have this realm',
      })),
    ],
  },
]
