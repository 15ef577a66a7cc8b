import type { ConformanceCase, ConformanceGroup } from '../run/case.ts'
import { each, exactlyFields, named } from '../run/match.ts'
import { check, enforcer, get, head, patch, post, put } from '../run/steps.ts'

const json = { 'content-type': /^application\/json/ }
const unauthorized = { status: 401, error: { code: 401 } }

const authorization = (title: string, value: string, status = 401): ConformanceCase =>
  check(
    '§1.2',
    title,
    get('/namespaces', status === 401 ? unauthorized : status, {
      token: null,
      headers: { authorization: value },
    }),
  )
const accepting = (accept: string, expected: number): ConformanceCase =>
  check(
    '§1.2',
    `Accept: ${accept}`,
    get('/enforcers', expected === 200 ? { status: 200, headers: json } : expected, { headers: { accept } }),
  )
const sending = (type: string, expected: number): ConformanceCase =>
  check(
    '§1.2',
    `Content-Type: ${type}`,
    post('/enforcers', JSON.stringify(enforcer('typed')), expected, { headers: { 'content-type': type } }),
  )
const consistency = (header: string, value: string): ConformanceCase =>
  check('§1.2', `${header}: ${value}`, get('/enforcers', 200, { headers: { [header]: value } }))

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'who asks, and where',
    cases: [
      check('§1.2', 'no Authorization', get('/namespaces', unauthorized, { token: null })),
      authorization('one word', 'Bearer'),
      authorization('the token alone', '{token}'),
      authorization('three words', 'Bearer {token} more'),
      authorization('two spaces between', 'Bearer  {token}'),
      authorization('another scheme', 'Basic {token}'),
      authorization('Bearer and the token', 'Bearer {token}', 200),
      check(
        '§1.2',
        'X-Namespace says where an object is created',
        post('/namespaces', { name: 'here' }),
        post(
          '/enforcers',
          enforcer('placed'),
          { status: 200, body: { namespace: '{ns}/here' } },
          { namespace: '{ns}/here' },
        ),
        get('/enforcers', { status: 200, body: named('placed') }, { namespace: '{ns}/here' }),
      ),
      check(
        '§1.2',
        'healthchecks need no X-Namespace',
        get('/healthchecks', { status: [200, 218] }, { namespace: null }),
      ),
      check(
        '§1.2',
        'issue needs no X-Namespace and no Authorization',
        post('/issue', { realm: 'Certificate' }, 200, { namespace: null, token: null, certificate: 'own' }),
      ),
      check(
        '§1.2',
        'authn needs no X-Namespace and no Authorization',
        post('/authn', { token: '{token}' }, 200, { namespace: null, token: null }),
      ),
    ],
  },
  {
    title: 'media types',
    given: [post('/enforcers', enforcer('one'))],
    cases: [
      accepting('application/json', 200),
      accepting('*/*', 200),
      accepting('application/*', 200),
      accepting('text/html, application/json', 200),
      accepting('text/html, application/xml;q=0.9, */*;q=0.8', 200),
      accepting('application/json;q=0.1, text/html', 200),
      accepting('text/html', 415),
      accepting('application/xml', 415),
      sending('application/json', 200),
      sending('application/json; charset=UTF-8', 200),
      sending('*/*', 200),
      sending('application/*', 200),
      sending('application/xml', 415),
      sending('text/plain', 415),
      sending('application/x-www-form-urlencoded', 415),
    ],
  },
  {
    title: 'X-Fields',
    given: [post('/enforcers', enforcer('one'), 200, { keep: 'one' }), post('/enforcers', enforcer('two'))],
    cases: [
      check(
        '§1.2',
        'one field of a list',
        get(
          '/enforcers',
          { status: 200, body: each(exactlyFields('name')) },
          { headers: { 'X-Fields': 'name' } },
        ),
      ),
      check(
        '§1.2',
        'two fields, one header line each',
        get(
          '/enforcers',
          { status: 200, body: each(exactlyFields('ID', 'name')) },
          { headers: { 'X-Fields': ['ID', 'name'] } },
        ),
      ),
      check(
        '§1.2',
        'a line with a comma is one unknown field',
        get(
          '/enforcers',
          { status: 200, body: each(exactlyFields()) },
          { headers: { 'X-Fields': 'ID, name' } },
        ),
      ),
      check(
        '§1.2',
        'names are case-sensitive',
        get(
          '/enforcers',
          { status: 200, body: each(exactlyFields('name')) },
          { headers: { 'X-Fields': ['id', 'NAME', 'name'] } },
        ),
      ),
      check(
        '§1.2',
        'fields of one object',
        get(
          '/enforcers/{one.ID}',
          { status: 200, body: exactlyFields('FQDN', 'name') },
          { headers: { 'X-Fields': ['name', 'FQDN'] } },
        ),
      ),
      check(
        '§1.2',
        'fields together with a filter',
        get(
          '/enforcers?q=name%3D%3Done',
          { status: 200, body: [{ name: 'one' }] },
          { headers: { 'X-Fields': ['name'] } },
        ),
      ),
    ],
  },
  {
    title: 'repeated requests',
    cases: [
      check(
        '§1.2',
        'an Idempotency-Key gives the first answer again',
        post('/namespaces', { name: 'once' }, 200, {
          keep: 'first',
          headers: { 'Idempotency-Key': '{ns}-1' },
        }),
        post(
          '/namespaces',
          { name: 'once' },
          { status: 200, body: { ID: '{first.ID}', name: '{ns}/once' } },
          { headers: { 'Idempotency-Key': '{ns}-1' } },
        ),
        get('/namespaces', { status: 200, body: [{ ID: '{first.ID}' }] }),
      ),
      check(
        '§1.2',
        'without one a duplicate is refused',
        post('/namespaces', { name: 'double' }),
        post(
          '/namespaces',
          { name: 'double' },
          {
            status: 422,
            error: { title: 'Duplicate Key', description: 'Another object exists with the same key' },
          },
        ),
      ),
      check(
        '§1.2',
        'another key makes another object',
        post('/enforcers', enforcer('same'), 200, { headers: { 'Idempotency-Key': '{ns}-2' } }),
        post('/enforcers', enforcer('same'), 200, { headers: { 'Idempotency-Key': '{ns}-3' } }),
        head('/enforcers?q=name%3D%3Dsame', { status: 204, headers: { 'x-count-total': '2' } }),
      ),
      check(
        '§1.2',
        'PUT and PATCH may carry a key, as the official client sends one',
        post('/enforcers', enforcer('keyed'), 200, { keep: 'made' }),
        patch('/enforcers/{made.ID}', { description: 'a' }, 200, {
          headers: { 'Idempotency-Key': '{ns}-4' },
        }),
        put('/enforcers/{made.ID}', enforcer('keyed'), 200, { headers: { 'Idempotency-Key': '{ns}-5' } }),
      ),
    ],
  },
  {
    title: 'headers that change nothing to see',
    cases: [
      ...['default', 'nearest', 'eventual', 'monotonic', 'strong', 'weakest'].map((value) =>
        consistency('X-Read-Consistency', value),
      ),
      ...['default', 'none', 'strong', 'strongest'].map((value) => consistency('X-Write-Consistency', value)),
      consistency('X-External-Tracking-ID', 'ticket 5'),
      consistency('X-External-Tracking-Type', 'ticket'),
    ],
  },
]
