import type { ConformanceCase, ConformanceGroup, ExpectedAnswer, RequestStep } from '../run/case.ts'
import { absent, nonEmptyText, nothingOrEmpty, valueOf, type Expected } from '../run/match.ts'
import { check, enforcer, get, patch, post, remove } from '../run/steps.ts'

const nobody = { token: null, namespace: null } as const
const issue = (more: object, expect: number | ExpectedAnswer = 200, keep = 'issued'): RequestStep =>
  post('/issue', { realm: 'Certificate', ...more }, expect, { ...nobody, certificate: 'own', keep })
const reissue = (from: string, more: object, expect: number | ExpectedAnswer = 200): RequestStep =>
  post('/issue', { realm: 'AporetoIdentityToken', metadata: { token: `{${from}.token}` }, ...more }, expect, {
    ...nobody,
    keep: 'again',
  })
/** One request with a token that was issued. */
const list = (path: string, expect: number, namespace = '{ns}', from = 'issued'): RequestStep =>
  get(path, expect, { token: `{${from}.token}`, namespace })
const claims = (title: string, more: object, expected: Expected): ConformanceCase =>
  check('§2.1', title, issue(more, { status: 200, claims: expected }))
const refuses = (title: string, body: object, status: number): ConformanceCase =>
  check('§2.1', title, post('/issue', body, status, { ...nobody, certificate: 'own' }))
const invalid = (attribute: string): ExpectedAnswer => ({
  status: 422,
  error: { title: 'Validation Error', data: { attribute } },
})

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'issuing tokens',
    cases: [
      check(
        '§2.1',
        'for a certificate',
        issue(
          {},
          { status: 200, body: { realm: 'Certificate', token: nonEmptyText, validity: '24h', quota: 0 } },
        ),
        list('/namespaces', 200),
      ),
      check('§2.1', 'not without one', post('/issue', { realm: 'Certificate' }, 401, nobody)),
      check(
        '§2.1',
        'not without a realm',
        post('/issue', {}, { status: 422, error: { description: "Attribute 'realm' is required" } }, nobody),
      ),
      check(
        '§2.1',
        'not for a realm nobody knows',
        post(
          '/issue',
          { realm: 'Nobody' },
          {
            status: 422,
            error: {
              description:
                "Data 'Nobody' of attribute 'realm' is not in list '[AWSSecurityToken Certificate Google LDAP Vince GCPIdentityToken AzureIdentityToken OIDC SAML AporetoIdentityToken PCIdentityToken]'",
            },
          },
          nobody,
        ),
      ),
      check('§2.1', 'a validity that is none', issue({ validity: 'long' }, invalid('validity'))),
      check('§2.1', 'an audience that is none', issue({ audience: 'everyone' }, invalid('audience'))),
      check(
        '§2.1',
        'a network that is none',
        issue({ restrictedNetworks: ['here'] }, invalid('restrictedNetworks')),
      ),
      refuses('a quota that is a text', { realm: 'Certificate', quota: 'many' }, 400),
      refuses('opaque data that is a text', { realm: 'Certificate', opaque: 'data' }, 400),
      claims('quota', { quota: 4 }, { quota: 4 }),
      claims('no quota is no claim', { quota: 0 }, { quota: absent }),
      claims('opaque data', { opaque: { by: 'them' } }, { opaque: { by: 'them' } }),
      claims('audience', { audience: 'aud:*:*:/x' }, { aud: 'aud:*:*:/x' }),
      claims('restricted namespace', { restrictedNamespace: '/x' }, { restrictions: { namespace: '/x' } }),
      claims(
        'restricted networks',
        { restrictedNetworks: ['10.0.0.0/8'] },
        {
          restrictions: { networks: ['10.0.0.0/8'] },
        },
      ),
      claims(
        'restricted permissions',
        { restrictedPermissions: ['namespace,get'] },
        {
          restrictions: { perms: ['namespace,get'] },
        },
      ),
      check(
        '§2.1',
        'a token of nobody',
        post('/issue', { realm: 'AporetoIdentityToken', metadata: { token: 'x' } }, 401, nobody),
      ),
    ],
  },
  {
    title: 'what tokens are good for',
    given: [post('/namespaces', { name: 'in' }), post('/namespaces', { name: 'out' })],
    cases: [
      check(
        '§2.1',
        'a quota counts uses',
        issue({ quota: 2 }),
        list('/namespaces', 200),
        list('/namespaces', 200),
        list('/namespaces', 417),
        list('/namespaces', 417),
      ),
      check(
        '§2.1',
        'a restricted namespace holds with what is below it, and no further',
        issue({ restrictedNamespace: '{ns}/in' }),
        list('/namespaces', 200, '{ns}/in'),
        list('/namespaces', 403, '{ns}/out'),
        list('/namespaces', 403),
      ),
      check(
        '§2.1',
        'restricted permissions: an identity and methods',
        issue({ restrictedPermissions: ['enforcer,get,post'] }),
        list('/enforcers', 200),
        list('/namespaces', 403),
        post('/enforcers', enforcer('allowed'), 200, { token: '{issued.token}' }),
        post('/namespaces', { name: 'x' }, 403, { token: '{issued.token}' }),
      ),
      check(
        '§2.1',
        'restricted permissions: a role',
        issue({ restrictedPermissions: ['@auth:role=enforcer'] }),
        post('/namespaces', { name: 'x' }, 403, { token: '{issued.token}' }),
      ),
      check(
        '§2.1',
        'restricted networks',
        issue({ restrictedNetworks: ['192.0.2.0/24'] }),
        list('/namespaces', 403),
      ),
      check(
        '§2.1',
        'an audience of one operation',
        issue({ audience: 'aud:retrieve-many:enforcers:{ns}' }),
        list('/enforcers', 200),
        list('/namespaces', 403),
        post('/enforcers', enforcer('x'), 403, { token: '{issued.token}' }),
      ),
      check(
        '§2.1',
        'an audience of one namespace',
        issue({ audience: 'aud:*:*:{ns}/in' }),
        list('/namespaces', 200, '{ns}/in'),
        list('/namespaces', 403, '{ns}/out'),
      ),
      check(
        '§2.1',
        'an audience of two namespaces',
        issue({ audience: 'aud:*:*:{ns}/in;aud:*:*:{ns}/out' }),
        list('/namespaces', 200, '{ns}/in'),
        list('/namespaces', 200, '{ns}/out'),
        list('/namespaces', 403),
      ),
      check(
        '§2.1',
        'an audience holds for events',
        issue({ audience: 'aud:*:*:{ns}/in' }),
        { listen: 'inside', query: { namespace: '{ns}/in', token: '{issued.token}' } },
        {
          listen: 'outside',
          query: { namespace: '{ns}/out', token: '{issued.token}' },
          refusal: { status: 403, body: [{ code: 403 }] },
        },
      ),
      check('§2.1', 'restricted networks hold for events', issue({ restrictedNetworks: ['192.0.2.0/24'] }), {
        listen: 'far',
        query: { token: '{issued.token}' },
        refusal: { status: 403 },
      }),
      check(
        '§2.1',
        'an audience holds for imports',
        issue({ audience: 'aud:*:import:{ns}' }),
        post('/import', { data: { data: { externalnetworks: [{ name: 'x', entries: [] }] } } }, 403, {
          token: '{issued.token}',
        }),
      ),
      check(
        '§2.1',
        'an audience holds for exports',
        issue({ audience: 'aud:*:export:{ns}' }),
        post('/export', { identities: ['externalnetwork'] }, 403, { token: '{issued.token}' }),
      ),
      check(
        '§2.1',
        'an audience holds below objects',
        post('/enforcers', enforcer('parent'), 200, { keep: 'made' }),
        issue({ audience: 'aud:*:enforcers:{ns}' }),
        get('/enforcers/{made.ID}', 200, { token: '{issued.token}' }),
        get('/enforcers/{made.ID}/debugbundles', 403, { token: '{issued.token}' }),
      ),
      check(
        '§2.3',
        'the accessible namespaces are those of the audience',
        issue({ audience: 'aud:*:*:{ns}/in' }),
        get(
          '/accessiblenamespaces',
          { status: 200, body: [{ name: '{ns}/in' }] },
          { token: '{issued.token}', namespace: null },
        ),
      ),
      {
        ...check(
          '§2.1',
          'a token ends with its validity',
          issue({ validity: '1h' }),
          list('/namespaces', 200),
          { passMs: 3_601_000 },
          list('/namespaces', 401),
          { passMs: -3_601_000 },
        ),
        embeddedOnly: 'the clock of the Console is not ours to move',
      },
    ],
  },
  {
    title: 'tokens for tokens',
    cases: [
      check(
        '§2.1',
        'without anything more',
        issue({}),
        reissue('issued', {}),
        list('/namespaces', 200, '{ns}', 'again'),
      ),
      check(
        '§2.1',
        'restrictions grow',
        issue({}),
        reissue('issued', { restrictedNamespace: '{ns}/x' }),
        list('/namespaces', 403, '{ns}', 'again'),
      ),
      check(
        '§2.1',
        'restrictions stay',
        issue({ restrictedNamespace: '{ns}/x' }),
        reissue('issued', {}),
        list('/namespaces', 403, '{ns}', 'again'),
      ),
      check(
        '§2.1',
        'the end stays where it was',
        issue({ validity: '10m' }, 200, 'issued'),
        post('/authn', { token: '{issued.token}' }, 200, { ...nobody, keep: 'first' }),
        reissue('issued', { validity: '10h' }),
        post(
          '/authn',
          { token: '{again.token}' },
          { status: 200, body: { claims: { exp: valueOf('{first.claims.exp}') } } },
          nobody,
        ),
      ),
    ],
  },
  {
    title: 'claims',
    cases: [
      check(
        '§2.2',
        'of a certificate',
        issue(
          {},
          {
            status: 200,
            claims: {
              realm: 'certificate',
              data: {
                commonName: /^app:credential:[^:]+:./,
                organization: /^\//,
                serialNumber: nonEmptyText,
              },
              sub: nonEmptyText,
              iss: nonEmptyText,
              quota: absent,
              restrictions: absent,
            },
          },
        ),
      ),
      check(
        '§2.2',
        'an audience is a text',
        issue({ audience: 'aud:*:*:/x' }, { status: 200, claims: { aud: 'aud:*:*:/x' } }),
      ),
    ],
  },
  {
    title: 'authn',
    cases: [
      check(
        '§2.3',
        'claims of a token',
        post(
          '/authn',
          { token: '{token}' },
          { status: 200, body: { claims: { realm: 'certificate' } } },
          nobody,
        ),
      ),
      check('§2.3', 'not of a token of nobody', post('/authn', { token: 'a.b.c' }, 401, nobody)),
      check('§2.3', 'the deprecated way', get('/authn?token={token}', 200, nobody)),
      check('§2.3', 'the deprecated way with a token of nobody', get('/authn?token=a.b.c', 401, nobody)),
      check(
        '§2.3',
        'a look does not use a token up',
        issue({ quota: 1 }),
        post('/authn', { token: '{issued.token}' }, 200, nobody),
        post('/authn', { token: '{issued.token}' }, 200, nobody),
        list('/namespaces', 200),
      ),
      check(
        '§2.3',
        'a token that is used up is not valid any more',
        issue({ quota: 1 }),
        list('/namespaces', 200),
        post('/authn', { token: '{issued.token}' }, { status: [401, 417] }, nobody),
      ),
    ],
  },
  {
    title: 'app credentials',
    cases: [
      check(
        '§2.4',
        'made from a request, they log in with the key that stayed here',
        { csr: 'mine' },
        post(
          '/appcredentials',
          { name: 'mine', roles: ['@auth:role=namespace.viewer'], CSR: '{mine.csr}' },
          {
            status: 200,
            body: {
              name: 'mine',
              credentials: {
                APIURL: nonEmptyText,
                ID: nonEmptyText,
                name: 'mine',
                namespace: '{ns}',
                certificate: nonEmptyText,
                certificateAuthority: nonEmptyText,
                certificateKey: /^$/,
              },
            },
          },
          { keep: 'made' },
        ),
        post(
          '/issue',
          { realm: 'Certificate' },
          {
            status: 200,
            claims: { data: { commonName: 'app:credential:{made.ID}:mine', organization: '{ns}' } },
          },
          { ...nobody, certificate: 'made+mine', keep: 'issued' },
        ),
        list('/namespaces', 200),
        post('/namespaces', { name: 'viewers-do-not' }, 403, { token: '{issued.token}' }),
      ),
      check(
        '§2.4',
        'the three PEM fields are base64',
        { csr: 'mine' },
        post(
          '/appcredentials',
          { name: 'x', roles: ['@auth:role=namespace.viewer'], CSR: '{mine.csr}' },
          {
            status: 200,
            body: {
              credentials: {
                certificate: /^LS0tLS1CRUdJTi[A-Za-z0-9+/]+=*$/,
                certificateAuthority: /^LS0tLS1CRUdJTi/,
              },
            },
          },
        ),
      ),
      check(
        '§2.4',
        'renewed with another request, the former certificate is worth nothing',
        { csr: 'first' },
        { csr: 'second' },
        post(
          '/appcredentials',
          { name: 'renewed', roles: ['@auth:role=namespace.viewer'], CSR: '{first.csr}' },
          200,
          { keep: 'made' },
        ),
        get('/appcredentials/{made.ID}', 200, { keep: 'read' }),
        {
          request: {
            method: 'PUT',
            path: '/appcredentials/{made.ID}',
            body: { name: 'renewed', roles: ['@auth:role=namespace.viewer'], CSR: '{second.csr}' },
          },
          expect: { status: 200 },
          keep: 'new',
        },
        post('/issue', { realm: 'Certificate' }, 200, { ...nobody, certificate: 'new+second' }),
        post('/issue', { realm: 'Certificate' }, 401, { ...nobody, certificate: 'made+first' }),
      ),
      check('§2.4', 'need a name and roles', post('/appcredentials', {}, 422)),
      check(
        '§2.4',
        'need roles',
        post(
          '/appcredentials',
          { name: 'x' },
          { status: 422, error: { description: "Attribute 'roles' is required" } },
        ),
      ),
      check(
        '§2.4',
        'a request that is none',
        post(
          '/appcredentials',
          { name: 'x', roles: ['@auth:role=namespace.viewer'], CSR: 'hello' },
          { status: [400, 422] },
        ),
      ),
      check(
        '§2.4',
        'disabled, they do not log in, and their tokens end',
        { csr: 'mine' },
        post(
          '/appcredentials',
          { name: 'off', roles: ['@auth:role=namespace.viewer'], CSR: '{mine.csr}' },
          200,
          { keep: 'made' },
        ),
        post('/issue', { realm: 'Certificate' }, 200, { ...nobody, certificate: 'made+mine' }),
        patch('/appcredentials/{made.ID}', { disabled: true }, 200),
        post(
          '/issue',
          { realm: 'Certificate' },
          { status: [401, 403] },
          { ...nobody, certificate: 'made+mine' },
        ),
        patch('/appcredentials/{made.ID}', { disabled: false }, 200),
        post('/issue', { realm: 'Certificate' }, 200, { ...nobody, certificate: 'made+mine' }),
      ),
      check(
        '§2.4',
        'deleted, they do not log in',
        { csr: 'mine' },
        post(
          '/appcredentials',
          { name: 'bye', roles: ['@auth:role=namespace.viewer'], CSR: '{mine.csr}' },
          200,
          { keep: 'made' },
        ),
        remove('/appcredentials/{made.ID}', { status: [200, 204] }),
        post(
          '/issue',
          { realm: 'Certificate' },
          { status: [401, 403] },
          { ...nobody, certificate: 'made+mine' },
        ),
      ),
      check(
        '§2.4',
        'hold in their networks only',
        { csr: 'mine' },
        post(
          '/appcredentials',
          {
            name: 'far',
            roles: ['@auth:role=namespace.viewer'],
            CSR: '{mine.csr}',
            authorizedSubnets: ['192.0.2.0/24'],
          },
          200,
          { keep: 'made' },
        ),
        post(
          '/issue',
          { realm: 'Certificate' },
          { status: [401, 403] },
          { ...nobody, certificate: 'made+mine' },
        ),
      ),
      check(
        '§2.4',
        'networks that are none',
        post(
          '/appcredentials',
          { name: 'x', roles: ['@auth:role=namespace.viewer'], authorizedSubnets: ['here'] },
          422,
        ),
      ),
      check(
        '§2.4',
        'a longest validity that is none',
        post(
          '/appcredentials',
          { name: 'x', roles: ['@auth:role=namespace.viewer'], maxIssuedTokenValidity: 'long' },
          422,
        ),
      ),
      check(
        '§2.4',
        'the answer to a list carries no credentials',
        { csr: 'mine' },
        post(
          '/appcredentials',
          { name: 'quiet', roles: ['@auth:role=namespace.viewer'], CSR: '{mine.csr}' },
          200,
          { keep: 'made' },
        ),
        get('/appcredentials/{made.ID}', {
          status: 200,
          body: { credentials: nothingOrEmpty, CSR: nothingOrEmpty },
        }),
      ),
    ],
  },
]
