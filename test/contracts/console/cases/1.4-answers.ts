import type { ConformanceGroup } from '../run/case.ts'
import {
  absent,
  anyBoolean,
  anyText,
  each,
  empty,
  members,
  moment,
  nonEmptyText,
  zeroTime,
} from '../run/match.ts'
import { check, enforcer, get, head, patch, post } from '../run/steps.ts'

const made = post('/enforcers', enforcer('made'), 200, { keep: 'made' })
const required = (attribute: string) => ({
  code: 422,
  title: 'Validation Error',
  description: `Attribute '${attribute}' is required`,
  subject: 'elemental',
  data: { attribute },
})
const invalid = (attribute: string, description: string | RegExp) => ({
  status: 422,
  error: { code: 422, title: 'Validation Error', description, data: { attribute } },
})
const count = (value: string) => ({ 'x-count-total': value })

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'headers of answers',
    given: [made],
    cases: [
      check('§1.4', 'the total of a list', get('/enforcers', { status: 200, headers: count('1') })),
      check('§1.4', 'the total of a count', head('/enforcers', { status: 204, headers: count('1') })),
      check(
        '§1.4',
        'no total of an object',
        get('/enforcers/{made.ID}', { status: 200, headers: count('0') }),
      ),
      check(
        '§1.4',
        'no total of a creation',
        post('/enforcers', enforcer('x'), { status: 200, headers: count('0') }, { namespace: '{ns}' }),
      ),
      check('§1.4', 'no total of an error', get('/enforcers/none', { status: 404, headers: count('0') })),
      check(
        '§1.4',
        'JSON says that it is UTF-8',
        get('/enforcers', {
          status: 200,
          headers: { 'content-type': /^application\/json; ?charset=UTF-8$/i },
        }),
      ),
      check(
        '§1.4',
        'errors are JSON as well',
        get('/none', { status: 404, headers: { 'content-type': /^application\/json; ?charset=UTF-8$/i } }),
      ),
      check(
        '§1.4',
        'letters beyond ASCII arrive as they were sent',
        post('/enforcers', enforcer('é 中 😀'), { status: 200, body: { name: 'é 中 😀' } }),
      ),
    ],
  },
  {
    title: 'objects in JSON',
    given: [made],
    cases: [
      check(
        '§1.5',
        'fields without a value are there, empty',
        get('/enforcers/{made.ID}', {
          status: 200,
          body: {
            description: '',
            currentVersion: '',
            machineID: '',
            annotations: empty,
            associatedTags: empty,
            metadata: empty,
            subnets: empty,
            collectInfo: false,
            protected: false,
            unreachable: anyBoolean,
          },
        }),
      ),
      check(
        '§1.5',
        'the zero time is written out',
        get('/enforcers/{made.ID}', {
          status: 200,
          body: { lastSyncTime: zeroTime, lastCollectionTime: zeroTime, startTime: zeroTime },
        }),
      ),
      check(
        '§1.5',
        'times are RFC 3339',
        get('/enforcers/{made.ID}', { status: 200, body: { createTime: moment, updateTime: moment } }),
      ),
      check(
        '§1.5',
        'what is left out when empty is left out',
        get('/enforcers/{made.ID}', { status: 200, body: { previousOperationalStatus: absent } }),
      ),
      check(
        '§1.5',
        'what is never on the wire is not on the wire',
        get('/enforcers/{made.ID}', {
          status: 200,
          body: { zHash: absent, zone: absent, createIdempotencyKey: absent, certificateKey: absent },
        }),
      ),
      check(
        '§1.5',
        'times that are sent come back as the same moment',
        post('/enforcers', enforcer('timed', { startTime: '2026-01-02T03:04:05Z' }), {
          status: 200,
          body: { startTime: /^2026-01-02T03:04:05(\.0+)?Z$/ },
        }),
      ),
    ],
  },
  {
    title: 'errors',
    given: [made],
    cases: [
      check(
        '§1.6',
        'every missing attribute, and nothing else before they are there',
        post(
          '/enforcers',
          { logLevel: 'Loud' },
          { status: 422, body: members(required('name'), required('FQDN')) },
        ),
      ),
      check(
        '§1.6',
        'an attribute that is empty is missing',
        post('/enforcers', { name: '', FQDN: 'x' }, { status: 422, body: [required('name')] }),
      ),
      check(
        '§1.6',
        'a value that is none of the list',
        post(
          '/enforcers',
          enforcer('x', { logLevel: 'Loud' }),
          invalid(
            'logLevel',
            "Data 'Loud' of attribute 'logLevel' is not in list '[Info Debug Warn Error Trace]'",
          ),
        ),
      ),
      check(
        '§1.6',
        'two invalid values are two errors',
        post('/enforcers', enforcer('x', { logLevel: 'Loud', enforcementStatus: 'Maybe' }), {
          status: 422,
          body: each({ code: 422, title: 'Validation Error', data: { attribute: nonEmptyText } }),
        }),
      ),
      check(
        '§1.6',
        'a text that is too long',
        post(
          '/enforcers',
          { name: 'n'.repeat(257), FQDN: 'x' },
          invalid('name', /^Data 'n+' of attribute 'name' should be less than 256 chars long$/),
        ),
      ),
      check(
        '§1.6',
        'a text that is just long enough',
        post('/enforcers', { name: 'n'.repeat(256), FQDN: 'x' }),
      ),
      check(
        '§1.6',
        'a description that is too long',
        post(
          '/enforcers',
          enforcer('x', { description: 'd'.repeat(1025) }),
          invalid('description', /should be less than 1024 chars long$/),
        ),
      ),
      check(
        '§1.6',
        'a text against its pattern',
        post('/namespaces', { name: 'not here' }, invalid('name', /^Data 'not here' of attribute 'name' /)),
      ),
      check(
        '§1.6',
        'an attribute that only the Console writes, on creation',
        post('/enforcers', enforcer('x', { ID: '617fe4ab1e32a50001c0ffee' }), {
          status: 422,
          error: {
            title: 'Read Only Error',
            description: 'Field ID is read only. You cannot set its value.',
          },
        }),
      ),
      check(
        '§1.6',
        'an attribute that only the Console writes, on a change',
        patch(
          '/enforcers/{made.ID}',
          { createTime: '2020-01-01T00:00:00Z' },
          {
            status: 422,
            error: {
              title: 'Read Only Error',
              description: 'Field createTime is read only. You cannot modify its value.',
            },
          },
        ),
      ),
      check(
        '§1.6',
        'an attribute of the creation, on a change',
        patch(
          '/enforcers/{made.ID}',
          { FQDN: 'other.example.com' },
          {
            status: 422,
            error: {
              title: 'Creation Only Error',
              description: /^Field FQDN can only be set during creation\./,
            },
          },
        ),
      ),
      check(
        '§1.6',
        'an attribute of the creation, sent back unchanged',
        patch('/enforcers/{made.ID}', { FQDN: 'made.example.com', description: 'same' }, 200),
      ),
      check(
        '§1.6',
        'no authentication',
        get('/enforcers', { status: 401, error: { code: 401, title: 'Unauthorized' } }, { token: null }),
      ),
      check(
        '§1.6',
        'a code, a title, a description, a subject and a trace',
        get('/none', {
          status: 404,
          body: [{ code: 404, title: 'Not Found', description: anyText, subject: nonEmptyText }],
        }),
      ),
      check('§1.6', 'bad data', post('/enforcers', '{"name":', { status: 400, error: { code: 400 } })),
      check('§1.6', 'a value of another type', post('/enforcers', enforcer('x', { protected: 'yes' }), 400)),
      check('§1.6', 'a list instead of an object', post('/enforcers', [], 400)),
      check('§1.6', 'nothing at all', post('/enforcers', undefined, 400)),
      check('§1.6', 'HEAD refuses without a body', head('/enforcers?foo=1', { status: 400 })),
      check(
        '§1.6',
        'a duration that is none',
        post('/enforcers', enforcer('x', { logLevelDuration: 'long' }), invalid('logLevelDuration', /./)),
      ),
    ],
  },
]
