import type { ConformanceGroup, RequestStep } from '../run/case.ts'
import { members, named } from '../run/match.ts'
import { check, get, head, post } from '../run/steps.ts'

const done = { status: [200, 204] }
const network = (name: string, ...entries: readonly string[]): object => ({ name, entries })
const imports = (label: string, networks: readonly object[], mode = 'Import'): RequestStep =>
  post('/import', { mode, data: { APIVersion: 1, label, data: { externalnetworks: networks } } }, done)

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'exports',
    given: [
      post('/externalnetworks', network('one', '192.0.2.0/24'), 200, { keep: 'one' }),
      post('/networkrulesetpolicies', { name: 'p', subject: [['$identity=processingunit']] }),
    ],
    cases: [
      check(
        '§6.2',
        'the objects of an identity, by its plural name',
        post(
          '/export',
          { identities: ['externalnetwork'], label: 'mine' },
          {
            status: 200,
            body: {
              label: 'mine',
              data: { externalnetworks: members({ name: 'one', entries: ['192.0.2.0/24'] }) },
            },
          },
        ),
      ),
      check(
        '§6.2',
        'asked for by the plural name',
        post(
          '/export',
          { identities: ['externalnetworks'] },
          {
            status: 200,
            body: { data: { externalnetworks: named('one') } },
          },
        ),
      ),
      check(
        '§6.2',
        'of two identities',
        post(
          '/export',
          { identities: ['externalnetwork', 'networkrulesetpolicy'] },
          {
            status: 200,
            body: { data: { externalnetworks: named('one'), networkrulesetpolicies: named('p') } },
          },
        ),
      ),
      check(
        '§6.2',
        'go back in elsewhere as they are',
        post('/namespaces', { name: 'copy' }),
        post('/export', { identities: ['externalnetwork'], label: 'copied' }, 200, { keep: 'exported' }),
        post('/import', '{"data":{exported.*}}', done, { namespace: '{ns}/copy' }),
        get('/externalnetworks', { status: 200, body: named('one') }, { namespace: '{ns}/copy' }),
      ),
      check('§6.2', 'are not read', get('/export', 405)),
    ],
  },
  {
    title: 'imports',
    cases: [
      check(
        '§6.2',
        'make what is not there',
        imports('first', [network('a', '192.0.2.0/25'), network('b', '192.0.2.128/25')]),
        get('/externalnetworks?q=name%20in%20%5Ba,%20b%5D', { status: 200, body: named('a', 'b') }),
      ),
      check(
        '§6.2',
        'with the same label replace what was imported under it',
        imports('again', [network('c', '198.51.100.0/25'), network('d', '198.51.100.0/24')]),
        imports('again', [network('c', '203.0.113.0/24')]),
        get('/externalnetworks?q=name%20in%20%5Bc,%20d%5D', {
          status: 200,
          body: [{ name: 'c', entries: ['203.0.113.0/24'] }],
        }),
      ),
      check(
        '§6.2',
        'leave alone what other labels brought, and what nobody imported',
        post('/externalnetworks', network('byhand', '192.0.2.0/24')),
        imports('other', [network('e', '192.0.2.0/24')]),
        imports('same', [network('f', '192.0.2.0/24')]),
        imports('same', []),
        get('/externalnetworks?q=name%20in%20%5Bbyhand,%20e,%20f%5D', {
          status: 200,
          body: named('byhand', 'e'),
        }),
      ),
      check(
        '§6.2',
        'Remove takes away what a label brought',
        imports('away', [network('g', '192.0.2.0/24')]),
        imports('away', [], 'Remove'),
        get('/externalnetworks?q=name%3D%3Dg', { status: [200, 204], headers: { 'x-count-total': '0' } }),
      ),
      check(
        '§6.2',
        'ReplacePartial is Import',
        imports('partial', [network('h', '192.0.2.0/24')], 'ReplacePartial'),
        get('/externalnetworks?q=name%3D%3Dh', { status: 200, body: named('h') }),
      ),
      check(
        '§1.2',
        'are done once for one Idempotency-Key',
        ...[1, 2].map(() =>
          post(
            '/import',
            { data: { APIVersion: 1, data: { externalnetworks: [network('once', '192.0.2.0/24')] } } },
            done,
            { headers: { 'Idempotency-Key': '{ns}-import' } },
          ),
        ),
        head('/externalnetworks?q=name%3D%3Donce', { status: 204, headers: { 'x-count-total': '1' } }),
      ),
      check('§6.2', 'need data', post('/import', {}, 422)),
      check('§6.2', 'a mode that is none', post('/import', { mode: 'Explode', data: { data: {} } }, 422)),
      check(
        '§6.2',
        'an object that is wrong is refused',
        post(
          '/import',
          {
            data: { label: 'bad', data: { externalnetworks: [{ name: 'bad', entries: ['not a network'] }] } },
          },
          { status: [400, 422] },
        ),
        get('/externalnetworks?q=name%3D%3Dbad', { status: [200, 204], headers: { 'x-count-total': '0' } }),
      ),
      check('§6.2', 'are not read', get('/import', 405)),
    ],
  },
]
