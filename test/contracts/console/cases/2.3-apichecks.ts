import type { ConformanceGroup } from '../run/case.ts'
import { includes, nonEmptyText } from '../run/match.ts'
import { check, get, head, post } from '../run/steps.ts'

const ask = (operation: string, ...targetIdentities: readonly string[]): object => ({
  namespace: '{ns}',
  operation,
  targetIdentities,
})

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'can I',
    given: [
      { csr: 'keys' },
      post(
        '/appcredentials',
        { name: 'viewer', roles: ['@auth:role=namespace.viewer'], CSR: '{keys.csr}' },
        200,
        {
          keep: 'viewer',
        },
      ),
      post('/issue', { realm: 'Certificate' }, 200, {
        token: null,
        certificate: 'viewer+keys',
        keep: 'view',
      }),
    ],
    cases: [
      ...['Create', 'Delete', 'Info', 'Patch', 'Retrieve', 'RetrieveMany', 'Update'].map((operation) =>
        check(
          '§2.3',
          `an administrator may ${operation}`,
          post('/apichecks', ask(operation, 'enforcer', 'namespace'), {
            status: 200,
            body: { authorized: { enforcer: true, namespace: true } },
          }),
        ),
      ),
      ...['Retrieve', 'RetrieveMany', 'Info'].map((operation) =>
        check(
          '§2.3',
          `a viewer may ${operation}`,
          post(
            '/apichecks',
            ask(operation, 'enforcer'),
            { status: 200, body: { authorized: { enforcer: true } } },
            {
              token: '{view.token}',
            },
          ),
        ),
      ),
      ...['Create', 'Delete', 'Patch', 'Update'].map((operation) =>
        check(
          '§2.3',
          `a viewer may not ${operation}`,
          post(
            '/apichecks',
            ask(operation, 'enforcer'),
            { status: 200, body: { authorized: { enforcer: false } } },
            {
              token: '{view.token}',
            },
          ),
        ),
      ),
      check('§2.3', 'everything is asked for', post('/apichecks', {}, 422)),
      check('§2.3', 'an operation that is none', post('/apichecks', ask('Explode', 'enforcer'), 422)),
      check(
        '§2.3',
        'a namespace that is none',
        post('/apichecks', { namespace: 'here', operation: 'Create', targetIdentities: ['enforcer'] }, 422),
      ),
      check('§2.3', 'without a token', post('/apichecks', ask('Create', 'enforcer'), 401, { token: null })),
      check('§2.3', 'are not read', get('/apichecks', { status: 405, error: { title: 'Not allowed' } })),
    ],
  },
  {
    title: 'accessible namespaces',
    cases: [
      check(
        '§2.3',
        'have names',
        get('/accessiblenamespaces', { status: 200, body: includes({ name: nonEmptyText }) }),
      ),
      check('§2.3', 'are counted', head('/accessiblenamespaces', 204)),
      check('§2.3', 'are not made', post('/accessiblenamespaces', { name: '/x' }, 405)),
    ],
  },
]
