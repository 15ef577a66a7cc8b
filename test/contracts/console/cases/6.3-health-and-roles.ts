import type { ConformanceGroup } from '../run/case.ts'
import { anyBoolean, anyText, each, includes, oneOf } from '../run/match.ts'
import { check, get, head } from '../run/steps.ts'

const nobody = { token: null, namespace: null } as const

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'health',
    cases: [
      check(
        '§6.3',
        'rows of subsystems, for anybody',
        get(
          '/healthchecks',
          {
            status: [200, 218],
            body: each({
              type: oneOf('Cache', 'Database', 'General', 'MessagingSystem', 'Service', 'TSDB'),
              status: oneOf('Degraded', 'Offline', 'Operational'),
            }),
          },
          nobody,
        ),
      ),
      check('§6.3', 'quiet', get('/healthchecks?quiet=true', { status: [200, 218, 204] }, nobody)),
      check('§6.3', 'not so quiet', get('/healthchecks?quiet=false', { status: [200, 218] }, nobody)),
      check('§6.3', 'quiet or not', get('/healthchecks?quiet=maybe', 400, nobody)),
      check('§6.3', 'counted', head('/healthchecks', { status: [204, 218] }, nobody)),
      check(
        '§6.3',
        'a database and a service are among them',
        get(
          '/healthchecks',
          {
            status: [200, 218],
            body: includes({ type: 'Database' }, { type: 'Service' }, { type: 'MessagingSystem' }),
          },
          nobody,
        ),
      ),
    ],
  },
  {
    title: 'roles',
    cases: [
      check(
        '§6.4',
        'have a key, a name, a description and authorizations',
        get('/roles', {
          status: 200,
          body: each({
            key: /^@auth:role=/,
            name: anyText,
            description: anyText,
            private: anyBoolean,
            authorizations: {},
          }),
        }),
      ),
      check(
        '§6.4',
        'the ones that are known',
        get('/roles', {
          status: 200,
          body: includes(
            { key: '@auth:role=namespace.administrator' },
            { key: '@auth:role=namespace.viewer' },
            { key: '@auth:role=enforcer' },
            { key: '@auth:role=enforcer.runtime' },
          ),
        }),
      ),
      check('§6.4', 'counted', head('/roles', 204)),
      check('§6.4', 'are for those with a token', get('/roles', 401, { token: null })),
    ],
  },
]
