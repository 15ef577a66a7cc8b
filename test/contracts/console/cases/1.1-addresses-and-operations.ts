import type { ConformanceGroup } from '../run/case.ts'
import { absent, anyText, empty, named, nonEmptyText, zeroTime } from '../run/match.ts'
import { check, enforcer, get, head, patch, post, put, remove } from '../run/steps.ts'

const made = post('/enforcers', enforcer('made'), 200, { keep: 'made' })
const notFound = { title: 'Not Found', description: /^Unable to find the requested resource/ }
const notAllowed = { title: 'Not allowed' }

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'addresses',
    given: [made],
    cases: [
      check('§1.1', 'the root answers', get('/', 200)),
      check(
        '§1.1',
        'a collection without a version',
        get('/enforcers', { status: 200, body: named('made') }),
      ),
      check('§1.1', 'a collection of version 1', get('/v/1/enforcers', { status: 200, body: named('made') })),
      check('§1.1', 'an object without a version', get('/enforcers/{made.ID}', 200)),
      check(
        '§1.1',
        'an object of version 1',
        get('/v/1/enforcers/{made.ID}', { status: 200, body: { name: 'made' } }),
      ),
      check('§1.1', 'a count without a version, as the official client asks', head('/enforcers', 204)),
      check(
        '§1.1',
        'what lies below an object',
        get('/v/1/enforcers/{made.ID}/poke', { status: [200, 204] }),
      ),
      check(
        '§1.1',
        'a version that is no number',
        get('/v/one/enforcers', { status: 400, error: { description: /Invalid api version number/ } }),
      ),
      check(
        '§1.1',
        'a version that nobody has',
        get('/v/77/enforcers', { status: 400, error: { description: /Unknown api version/ } }),
      ),
      check('§1.1', 'four segments', get('/enforcers/a/b/c', 400)),
      check('§1.1', 'five segments', get('/enforcers/a/b/c/d', 400)),
      check('§1.1', 'four segments with a version', get('/v/1/enforcers/a/b/c', 400)),
      check('§1.1', 'an unknown category', get('/nothingofthatkind', { status: 404, error: notFound })),
      check('§1.1', 'an unknown category of version 1', get('/v/1/nothingofthatkind', 404)),
      check(
        '§1.1',
        'an unknown category below an object',
        get('/enforcers/{made.ID}/nothingofthatkind', 404),
      ),
      check('§1.1', 'a category below something it has nothing to do with', get('/namespaces/x/poke', 404)),
      check('§1.1', 'the resource name of issue is singular', post('/issues', {}, 404)),
      check('§1.1', 'the resource name of authn is singular', post('/authns', {}, 404)),
      check('§1.1', 'the resource name of poke is singular', get('/enforcers/{made.ID}/pokes', 404)),
      check('§1.1', 'an embedded entity has no address', get('/credentials', 404)),
      check(
        '§1.1',
        'an object that is not there',
        get('/enforcers/617fe4ab1e32a50001c0ffee', { status: 404, error: notFound }),
      ),
    ],
  },
  {
    title: 'operations',
    given: [made],
    cases: [
      check(
        '§1.1',
        'GET of a collection is a bare array',
        get('/enforcers', { status: 200, body: named('made') }),
      ),
      check('§1.1', 'GET of an empty collection', get('/processingunits', { status: [200, 204] })),
      check(
        '§1.1',
        'POST answers 200 with the object, not 201',
        post('/enforcers', enforcer('created'), { status: 200, body: { name: 'created', ID: nonEmptyText } }),
      ),
      check(
        '§1.1',
        'HEAD of a collection answers 204 with the count',
        post('/namespaces', { name: 'count' }),
        post('/enforcers', enforcer('a'), 200, { namespace: '{ns}/count' }),
        post('/enforcers', enforcer('b'), 200, { namespace: '{ns}/count' }),
        head('/enforcers', { status: 204, headers: { 'x-count-total': '2' } }, { namespace: '{ns}/count' }),
      ),
      check(
        '§1.1',
        'DELETE answers the object or nothing, and it is gone',
        post('/enforcers', enforcer('gone'), 200, { keep: 'gone' }),
        remove('/enforcers/{gone.ID}', { status: [200, 204] }),
        get('/enforcers/{gone.ID}', 404),
        remove('/enforcers/{gone.ID}', 404),
      ),
      check('§1.1', 'GET of issue is not in the model', get('/issue', { status: 405, error: notAllowed })),
      check(
        '§1.1',
        'POST to roles is not in the model',
        post('/roles', {}, { status: 405, error: notAllowed }),
      ),
      check('§1.1', 'POST to healthchecks is not in the model', post('/healthchecks', {}, 405)),
      check('§1.1', 'PUT of a role is not in the model', put('/roles/x', {}, 405)),
      check('§1.1', 'DELETE of a role is not in the model', remove('/roles/x', 405)),
      check('§1.1', 'POST to poke is not in the model', post('/enforcers/{made.ID}/poke', {}, 405)),
    ],
  },
  {
    title: 'whole and sparse changes',
    cases: [
      check(
        '§1.1',
        'POST fills in the defaults of the model',
        post('/enforcers', enforcer('defaults'), {
          status: 200,
          body: {
            enforcementStatus: 'Inactive',
            logLevel: 'Info',
            logLevelDuration: '10s',
            migrationStatus: 'None',
            operationalStatus: 'Registered',
            description: '',
            protected: false,
            lastSyncTime: zeroTime,
            associatedTags: empty,
            annotations: empty,
          },
        }),
      ),
      check(
        '§1.1',
        'PUT resets what it leaves out',
        post('/enforcers', enforcer('put', { description: 'd', logLevel: 'Debug', machineID: 'm' }), 200, {
          keep: 'made',
        }),
        put('/enforcers/{made.ID}', enforcer('put'), { status: [200, 204] }),
        get('/enforcers/{made.ID}', {
          status: 200,
          body: { name: 'put', description: '', logLevel: 'Info', machineID: '' },
        }),
      ),
      check(
        '§1.1',
        'PUT of the whole object as it was read changes nothing but the time',
        post('/enforcers', enforcer('echo', { description: 'd', associatedTags: ['a=b'] }), 200, {
          keep: 'made',
        }),
        get('/enforcers/{made.ID}', 200, { keep: 'read' }),
        put('/enforcers/{made.ID}', '{read.*}', { status: [200, 204] }),
        get('/enforcers/{made.ID}', { status: 200, body: { description: 'd', associatedTags: ['a=b'] } }),
      ),
      check(
        '§1.1',
        'PATCH leaves alone what it does not name',
        post('/enforcers', enforcer('patch', { description: 'd', machineID: 'm' }), 200, { keep: 'made' }),
        patch('/enforcers/{made.ID}', { description: 'e' }, { status: [200, 204] }),
        get('/enforcers/{made.ID}', {
          status: 200,
          body: { name: 'patch', description: 'e', machineID: 'm', FQDN: 'patch.example.com' },
        }),
      ),
      check(
        '§1.1',
        'PATCH empties what it names with nothing in it',
        post('/enforcers', enforcer('empty', { description: 'd', associatedTags: ['a=b'] }), 200, {
          keep: 'made',
        }),
        patch('/enforcers/{made.ID}', { description: '', associatedTags: [] }, { status: [200, 204] }),
        get('/enforcers/{made.ID}', { status: 200, body: { description: '', associatedTags: empty } }),
      ),
      check(
        '§1.1',
        'updateTime notices a second writer',
        post('/enforcers', enforcer('twice'), 200, { keep: 'made' }),
        get('/enforcers/{made.ID}', { status: 200, body: { updateTime: anyText } }, { keep: 'read' }),
        patch('/enforcers/{made.ID}', { description: 'first' }, { status: [200, 204] }),
        put('/enforcers/{made.ID}', '{read.*}', 422),
        get('/enforcers/{made.ID}', { status: 200, body: { description: 'first' } }),
      ),
      check(
        '§1.1',
        'PUT of what is not there',
        put('/enforcers/617fe4ab1e32a50001c0ffee', enforcer('x'), 404),
      ),
      check('§1.1', 'PATCH of what is not there', patch('/enforcers/617fe4ab1e32a50001c0ffee', {}, 404)),
      check(
        '§1.1',
        'a field nobody knows is not kept',
        post('/enforcers', enforcer('unknown', { nobodyKnowsMe: 1 }), {
          status: 200,
          body: { nobodyKnowsMe: absent },
        }),
      ),
    ],
  },
  {
    title: 'the gateway',
    cases: [
      check('§1.1', 'ca', get('/_meta/ca', 200, { token: null, namespace: null })),
      check('§1.1', 'jwtcert', get('/_meta/jwtcert', 200, { token: null, namespace: null })),
      check('§1.1', 'config', get('/_meta/config', 200, { token: null, namespace: null })),
      check('§1.1', 'versions', get('/_meta/versions', 200, { token: null, namespace: null })),
      check('§1.1', 'time', get('/_meta/time', 200, { token: null, namespace: null })),
      check('§1.1', 'something else', get('/_meta/nothingofthatkind', 404, { token: null, namespace: null })),
    ],
  },
]
