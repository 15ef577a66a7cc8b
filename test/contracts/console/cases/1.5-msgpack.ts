import type { ConformanceCase, ConformanceGroup, WireRequest } from '../run/case.ts'
import { absent, anyText, each, exactlyFields, members, nonEmptyText, timestamp } from '../run/match.ts'
import { check, enforcer, get, patch, post, put, remove } from '../run/steps.ts'

const packed = { packed: true } as const
const answersPacked = { 'content-type': /^application\/msgpack$/ }
const answersJson = { 'content-type': /^application\/json/ }
const isPacked = { status: 200, headers: answersPacked }
const at = '2026-01-02T03:04:05Z'
const bytes = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

const accepting = (accept: string, headers: typeof answersPacked): ConformanceCase =>
  check('§1.2', `Accept: ${accept}`, get('/enforcers', { status: 200, headers }, { headers: { accept } }))

/** Not the msgpack of any object of the contract. */
const refused = (title: string, body: Buffer): ConformanceCase =>
  check(
    '§1.5',
    `${title} is refused`,
    post('/enforcers', body, { status: 400, headers: answersPacked, error: { code: 400 } }, packed),
  )

const mixed = (title: string, more: Partial<WireRequest>, headers: typeof answersPacked): ConformanceCase =>
  check(
    '§1.2',
    title,
    post('/enforcers', enforcer('mixed'), { status: 200, headers, body: { name: 'mixed' } }, more),
  )

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'media types with msgpack',
    given: [post('/enforcers', enforcer('one'))],
    cases: [
      accepting('application/msgpack', answersPacked),
      accepting('application/msgpack, application/json', answersPacked),
      accepting('application/json, application/msgpack', answersJson),
      accepting('text/html, application/msgpack;q=0.1, */*', answersPacked),
      accepting('*/*, application/msgpack', answersJson),
      mixed('JSON in, msgpack out', { headers: { accept: 'application/msgpack' } }, answersPacked),
      mixed('msgpack in, JSON out', { packed: true, headers: { accept: 'application/json' } }, answersJson),
      mixed('msgpack in and out', packed, answersPacked),
      check('§1.2', 'JSON that says it is msgpack', post('/enforcers', '{"name":"x"}', 400, packed)),
      check(
        '§1.2',
        'msgpack that says it is JSON',
        post('/enforcers', bytes('81 a46e616d65 a178'), 400, {
          headers: { 'content-type': 'application/json' },
        }),
      ),
      check(
        '§1.4',
        'answers say what may be sent',
        get('/enforcers', { status: 200, headers: { accept: /^application\/msgpack, ?application\/json$/ } }),
        get('/none', { status: 404, headers: { accept: /^application\/msgpack, ?application\/json$/ } }),
      ),
    ],
  },
  {
    title: 'objects in msgpack',
    given: [
      post('/enforcers', enforcer('made', { startTime: at, associatedTags: ['a=b'] }), 200, { keep: 'made' }),
    ],
    cases: [
      check(
        '§1.5',
        'keys are the names of JSON, strings are strings, times are timestamps, the zero time is nothing',
        get(
          '/enforcers/{made.ID}',
          {
            ...isPacked,
            body: {
              ID: '{made.ID}',
              name: 'made',
              createTime: timestamp(),
              startTime: timestamp(at),
              lastSyncTime: null,
              associatedTags: ['a=b'],
              protected: false,
            },
          },
          packed,
        ),
      ),
      check(
        '§1.5',
        'lists are lists of such objects',
        get(
          '/enforcers?q=name%3D%3Dmade',
          {
            ...isPacked,
            headers: { ...answersPacked, 'x-count-total': '1' },
            body: [{ ID: '{made.ID}', updateTime: timestamp() }],
          },
          packed,
        ),
      ),
      check(
        '§1.2',
        'X-Fields leaves the same fields',
        get(
          '/enforcers',
          { ...isPacked, body: each(exactlyFields('name', 'createTime')) },
          { ...packed, headers: { 'X-Fields': ['name', 'createTime'] } },
        ),
      ),
      check(
        '§1.5',
        'a timestamp is a time, to the millisecond',
        post(
          '/enforcers',
          enforcer('timed', { startTime: new Date('2026-01-02T03:04:05.678Z') }),
          { ...isPacked, body: { startTime: timestamp('2026-01-02T03:04:05.678Z') } },
          { ...packed, keep: 'timed' },
        ),
        get('/enforcers/{timed.ID}', {
          status: 200,
          body: { startTime: /^2026-01-02T03:04:05\.678(0*)Z$/ },
        }),
      ),
      check(
        '§1.5',
        'times before 1970 and beyond 34 bits of seconds',
        post(
          '/enforcers',
          enforcer('old', {
            startTime: new Date('1960-01-01T00:00:00Z'),
            lastMigrationTime: new Date('2600-01-01T00:00:00Z'),
          }),
          {
            ...isPacked,
            body: {
              startTime: timestamp('1960-01-01T00:00:00Z'),
              lastMigrationTime: timestamp('2600-01-01T00:00:00Z'),
            },
          },
          packed,
        ),
      ),
      check(
        '§1.5',
        'nothing is the empty value',
        post(
          '/enforcers',
          enforcer('nil', { startTime: null, description: null, associatedTags: null }),
          { ...isPacked, body: { startTime: null, description: '' } },
          packed,
        ),
      ),
      check(
        '§1.1',
        'change and replacement',
        post('/enforcers', enforcer('changed'), isPacked, { ...packed, keep: 'changed' }),
        patch(
          '/enforcers/{changed.ID}',
          { description: 'patched' },
          { ...isPacked, body: { description: 'patched', name: 'changed' } },
          packed,
        ),
        put(
          '/enforcers/{changed.ID}',
          enforcer('changed', { logLevel: 'Debug' }),
          { ...isPacked, body: { description: '', logLevel: 'Debug' } },
          packed,
        ),
        remove('/enforcers/{changed.ID}', { ...isPacked, body: { name: 'changed' } }, packed),
      ),
      check(
        '§1.5',
        'an object of one encoding is the same in the other',
        post(
          '/externalnetworks',
          { name: 'é 中 😀', entries: ['192.0.2.0/24'], annotations: { note: ['x'] } },
          isPacked,
          { ...packed, keep: 'net' },
        ),
        get('/externalnetworks/{net.ID}', {
          status: 200,
          body: { name: 'é 中 😀', entries: ['192.0.2.0/24'], annotations: { note: ['x'] } },
        }),
      ),
      check(
        '§2.1',
        'a token',
        post(
          '/issue',
          { realm: 'Certificate', validity: '1h' },
          { ...isPacked, body: { token: nonEmptyText } },
          {
            ...packed,
            namespace: null,
            token: null,
            certificate: 'own',
          },
        ),
      ),
      check(
        '§6.2',
        'an import, and what it made',
        post(
          '/import',
          { data: { label: 'packed', data: { externalnetworks: [{ name: 'packed', entries: ['::/0'] }] } } },
          { status: [200, 204] },
          packed,
        ),
        get('/externalnetworks?q=name%3D%3Dpacked', { status: 200, body: [{ entries: ['::/0'] }] }),
      ),
    ],
  },
  {
    title: 'errors in msgpack',
    cases: [
      check(
        '§1.6',
        'are an array of the same errors',
        post(
          '/enforcers',
          { logLevel: 'Info' },
          {
            status: 422,
            headers: answersPacked,
            body: members(
              {
                code: 422,
                title: 'Validation Error',
                description: "Attribute 'name' is required",
                subject: 'elemental',
                data: { attribute: 'name' },
                trace: anyText,
              },
              { data: { attribute: 'FQDN' } },
            ),
          },
          packed,
        ),
      ),
      check('§1.6', 'of what is not there', get('/none', { status: 404, headers: answersPacked }, packed)),
      check(
        '§1.6',
        'without a token',
        get(
          '/enforcers',
          { status: 401, headers: answersPacked, error: { code: 401, data: absent } },
          { ...packed, token: null },
        ),
      ),
      check(
        '§1.6',
        'an Accept that nobody knows is answered in JSON',
        get('/enforcers', { status: 415, headers: answersJson }, { headers: { accept: 'text/html' } }),
      ),
      refused('a text that ends too early', bytes('81 a46e616d65 a5 78')),
      refused('a key that is there twice', bytes('82 a46e616d65 a178 a46e616d65 a179')),
      refused('a key that is no text', bytes('81 01 02')),
      refused('a prototype', bytes('81 a9 5f5f70726f746f5f5f 80')),
      refused('an unknown extension', bytes('81 a46e616d65 d4 05 00')),
      refused('binary data where no attribute takes it', bytes('81 a46e616d65 c4 01 78')),
      refused('a time where the definition says text', bytes('82 a46e616d65 d6ff00000000 a446514446 a166')),
      refused('a list', bytes('90')),
      refused('nothing', bytes('c0')),
    ],
  },
]
