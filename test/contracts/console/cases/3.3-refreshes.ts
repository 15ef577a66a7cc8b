import type { ConformanceGroup } from '../run/case.ts'
import { absent, nonEmptyText } from '../run/match.ts'
import { check, enforcer, get, head, post } from '../run/steps.ts'

const sent = { status: [200, 204] }

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'refreshes',
    given: [
      post('/enforcers', enforcer('host'), 200, { keep: 'host' }),
      post('/processingunits', { name: 'pu', type: 'Docker', enforcerID: '{host.ID}' }, 200, { keep: 'pu' }),
    ],
    cases: [
      check(
        '§3.3',
        'of an enforcer: the answer has its defaults and says whose it is',
        post(
          '/enforcers/{host.ID}/enforcerrefreshes',
          {},
          {
            status: 200,
            body: { ID: '{host.ID}', namespace: '{ns}', debug: 'Counters', refreshType: 'Debug' },
          },
        ),
      ),
      check(
        '§3.3',
        'of an enforcer: logs with an identifier to find them by',
        post(
          '/enforcers/{host.ID}/enforcerrefreshes',
          { debug: 'Logs', debugID: 'd1' },
          {
            status: 200,
            body: { debug: 'Logs', debugID: 'd1' },
          },
        ),
      ),
      check(
        '§3.3',
        'of an enforcer: another version',
        post(
          '/enforcers/{host.ID}/enforcerrefreshes',
          { refreshType: 'Migration', migrationVersion: 'v1.2.3' },
          {
            status: 200,
            body: { refreshType: 'Migration', migrationVersion: 'v1.2.3' },
          },
        ),
      ),
      check(
        '§3.3',
        'of an enforcer: a debug that is none',
        post('/enforcers/{host.ID}/enforcerrefreshes', { debug: 'Everything' }, 422),
      ),
      check(
        '§3.3',
        'of an enforcer: a type that is none',
        post('/enforcers/{host.ID}/enforcerrefreshes', { refreshType: 'Restart' }, 422),
      ),
      check(
        '§3.3',
        'of an enforcer: a version that is none',
        post('/enforcers/{host.ID}/enforcerrefreshes', { migrationVersion: 'newest' }, 422),
      ),
      check(
        '§3.3',
        'of an enforcer nobody knows',
        post('/enforcers/617fe4ab1e32a50001c0ffee/enforcerrefreshes', {}, 404),
      ),
      check(
        '§3.3',
        'of enforcers by a selector',
        post('/enforcerrefreshes', { selector: [['$namespace={ns}']] }, sent),
      ),
      check('§3.3', 'are not read', get('/enforcerrefreshes', 405)),
      check(
        '§3.3',
        'of an enforcer are heard by it',
        { listen: 'reader' },
        { send: { identities: { enforcerrefresh: [] } }, on: 'reader' },
        { hears: [], on: 'reader' },
        post('/enforcers/{host.ID}/enforcerrefreshes', { debug: 'Counters' }, sent),
        {
          hears: [{ identity: 'enforcerrefresh', entity: { ID: '{host.ID}', namespace: '{ns}' } }],
          on: 'reader',
        },
      ),
      check(
        '§3.3',
        'of a processing unit: a ping, with an identifier for its result',
        post(
          '/processingunits/{pu.ID}/processingunitrefreshes',
          { pingEnabled: true, pingAddress: '192.0.2.1', pingPort: 80 },
          {
            status: 200,
            body: {
              ID: '{pu.ID}',
              namespace: '{ns}',
              refreshID: nonEmptyText,
              pingEnabled: true,
              pingAddress: '192.0.2.1',
              pingPort: 80,
              pingIterations: 1,
              pingMode: 'Auto',
              traceDuration: '10s',
              debug: absent,
            },
          },
        ),
      ),
      check(
        '§3.3',
        'of a processing unit: no iterations',
        post('/processingunits/{pu.ID}/processingunitrefreshes', { pingIterations: -1 }, 422),
      ),
      check(
        '§3.3',
        'of a processing unit: a mode that is none',
        post('/processingunits/{pu.ID}/processingunitrefreshes', { pingMode: 'L9' }, 422),
      ),
      check(
        '§3.3',
        'of a processing unit nobody knows',
        post('/processingunits/617fe4ab1e32a50001c0ffee/processingunitrefreshes', {}, 404),
      ),
      check(
        '§3.3',
        'of a processing unit are heard',
        { listen: 'reader' },
        { send: { identities: { processingunitrefresh: [] } }, on: 'reader' },
        { hears: [], on: 'reader' },
        post('/processingunits/{pu.ID}/processingunitrefreshes', { refreshPolicy: true }, 200, {
          keep: 'refresh',
        }),
        {
          hears: [
            {
              identity: 'processingunitrefresh',
              entity: { ID: '{pu.ID}', refreshID: '{refresh.refreshID}', refreshPolicy: true },
            },
          ],
          on: 'reader',
        },
      ),
      check(
        '§3.1',
        'a poke that notifies is heard as a refresh',
        { listen: 'reader' },
        { send: { identities: { processingunitrefresh: [] } }, on: 'reader' },
        { hears: [], on: 'reader' },
        get('/processingunits/{pu.ID}/poke?notify=true', sent),
        { hears: [{ identity: 'processingunitrefresh', entity: { ID: '{pu.ID}' } }], on: 'reader' },
      ),
      check(
        '§3.3',
        'bundles of an enforcer are listed',
        get('/enforcers/{host.ID}/debugbundles', { status: [200, 204] }),
      ),
      check('§3.3', 'bundles of an enforcer are counted', head('/enforcers/{host.ID}/debugbundles', 204)),
    ],
  },
]
