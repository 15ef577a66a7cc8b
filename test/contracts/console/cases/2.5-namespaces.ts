import type { ConformanceGroup } from '../run/case.ts'
import { includes, named, nonEmptyText } from '../run/match.ts'
import { check, enforcer, get, head, patch, post, remove } from '../run/steps.ts'

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'namespaces',
    given: [
      post('/namespaces', { name: 'a', description: 'first' }, 200, { keep: 'a' }),
      post('/namespaces', { name: 'ab' }),
      post('/namespaces', { name: 'b' }, 200, { namespace: '{ns}/a' }),
      post('/namespaces', { name: 'c' }, 200, { namespace: '{ns}/a/b' }),
      post('/enforcers', enforcer('deep'), 200, { namespace: '{ns}/a/b' }),
    ],
    cases: [
      check(
        '§2.5',
        'created by the short name, shown by the full one',
        post(
          '/namespaces',
          { name: 'short' },
          { status: 200, body: { name: '{ns}/short', namespace: '{ns}' } },
          { keep: 'made' },
        ),
        get('/namespaces/{made.ID}', { status: 200, body: { name: '{ns}/short', ID: nonEmptyText } }),
        remove('/namespaces/{made.ID}', { status: [200, 204] }),
      ),
      check(
        '§2.5',
        'the children, and not theirs',
        get('/namespaces', { status: 200, body: named('{ns}/a', '{ns}/ab') }),
      ),
      check(
        '§2.5',
        'with recursive, theirs too',
        get('/namespaces?recursive=true', {
          status: 200,
          body: named('{ns}/a', '{ns}/ab', '{ns}/a/b', '{ns}/a/b/c'),
        }),
      ),
      check(
        '§2.5',
        'of a child',
        get('/namespaces', { status: 200, body: named('{ns}/a/b') }, { namespace: '{ns}/a' }),
      ),
      check(
        '§2.5',
        'a name that only begins alike is another one',
        get('/namespaces?recursive=1', { status: [200, 204] }, { namespace: '{ns}/ab' }),
      ),
      check(
        '§2.5',
        'counted',
        head('/namespaces?recursive=true', { status: 204, headers: { 'x-count-total': '4' } }),
      ),
      check(
        '§2.5',
        'need a name',
        post('/namespaces', {}, { status: 422, error: { description: "Attribute 'name' is required" } }),
      ),
      check(
        '§2.5',
        'defaults',
        get('/namespaces/{a.ID}', {
          status: 200,
          body: {
            type: 'Default',
            defaultPUIncomingTrafficAction: 'Inherit',
            defaultPUOutgoingTrafficAction: 'Inherit',
            JWTCertificateType: 'None',
            description: 'first',
          },
        }),
      ),
      check(
        '§2.5',
        'an action that is none',
        patch('/namespaces/{a.ID}', { defaultPUIncomingTrafficAction: 'Maybe' }, 422),
      ),
      check(
        '§2.5',
        'the default action is changed',
        patch('/namespaces/{a.ID}', { defaultPUIncomingTrafficAction: 'Reject' }, 200),
        get('/namespaces/{a.ID}', {
          status: 200,
          body: { defaultPUIncomingTrafficAction: 'Reject', defaultPUOutgoingTrafficAction: 'Inherit' },
        }),
      ),
      check(
        '§2.5',
        'the name stays',
        patch(
          '/namespaces/{a.ID}',
          { name: 'other' },
          { status: 422, error: { title: 'Creation Only Error' } },
        ),
      ),
      check(
        '§2.5',
        'the type stays',
        patch(
          '/namespaces/{a.ID}',
          { type: 'Tenant' },
          { status: 422, error: { title: 'Creation Only Error' } },
        ),
      ),
      check('§2.5', 'a type that is none', post('/namespaces', { name: 'x', type: 'Planet' }, 422)),
      check(
        '§2.5',
        'organizational metadata begin with @org:',
        post('/namespaces', { name: 'x', organizationalMetadata: ['a=b'] }, 422),
      ),
      check(
        '§2.5',
        'a version that is none',
        post('/namespaces', { name: 'x', defaultEnforcerVersion: 'newest' }, 422),
      ),
      check(
        '§2.5',
        'objects below are listed with recursive only',
        get('/enforcers', { status: [200, 204], headers: { 'x-count-total': '0' } }, { namespace: '{ns}/a' }),
        get('/enforcers?recursive=true', { status: 200, body: named('deep') }, { namespace: '{ns}/a' }),
      ),
      check(
        '§2.5',
        'tags of a namespace',
        get('/namespaces/{a.ID}', {
          status: 200,
          body: {
            normalizedTags: includes('$identity=namespace', '$name={ns}/a', '$namespace={ns}', '$id={a.ID}'),
          },
        }),
      ),
    ],
  },
]
