import type { ConformanceCase, ConformanceGroup } from '../run/case.ts'
import { includes, lacks } from '../run/match.ts'
import { check, enforcer, get, patch, post } from '../run/steps.ts'

const tag = (text: string, status: number): ConformanceCase =>
  check(
    '§1.8',
    `the tag ${text.length > 40 ? `of ${text.length} bytes` : text} is ${status}`,
    post('/enforcers', enforcer('tagged', { associatedTags: [text] }), status),
  )
const metadata = (text: string, status: number): ConformanceCase =>
  check(
    '§1.8',
    `the metadata ${text} is ${status}`,
    post('/enforcers', enforcer('described', { metadata: [text] }), status),
  )

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'tags',
    given: [
      post('/enforcers', enforcer('one', { associatedTags: ['env=prod'], metadata: ['@usr:a=b'] }), 200, {
        keep: 'one',
      }),
      post(
        '/processingunits',
        { name: 'pu', type: 'Docker', images: ['nginx'], enforcerID: '{one.ID}' },
        200,
        {
          keep: 'pu',
        },
      ),
    ],
    cases: [
      tag('env=prod', 200),
      tag('env=prod=more', 200),
      tag('env=with spaces', 200),
      tag('env', 422),
      tag('env=', 422),
      tag('=prod', 422),
      tag('an env=prod', 422),
      tag('$name=prod', 422),
      tag('@usr:env=prod', 422),
      tag('+env=prod', 422),
      tag(`env=${'x'.repeat(1000)}`, 200),
      tag(`env=${'x'.repeat(1100)}`, 422),
      metadata('@usr:env=prod', 200),
      metadata('env=prod', 422),
      metadata('@auth:role=enforcer', 422),
      check(
        '§1.8',
        'metadata is for the creation only',
        patch(
          '/enforcers/{one.ID}',
          { metadata: ['@usr:c=d'] },
          { status: 422, error: { title: 'Creation Only Error' } },
        ),
      ),
      ...[
        '$id={one.ID}',
        '$name=one',
        '$namespace={ns}',
        '$identity=enforcer',
        '$operationalstatus=Registered',
        'env=prod',
        '@usr:a=b',
      ].map((text) =>
        check(
          '§1.8',
          `normalizedTags of an enforcer have ${text}`,
          get('/enforcers/{one.ID}', { status: 200, body: { normalizedTags: includes(text) } }),
        ),
      ),
      ...[
        '$id={pu.ID}',
        '$type=Docker',
        '$image=nginx',
        '$enforcerid={one.ID}',
        '$identity=processingunit',
      ].map((text) =>
        check(
          '§1.8',
          `normalizedTags of a processing unit have ${text}`,
          get('/processingunits/{pu.ID}', { status: 200, body: { normalizedTags: includes(text) } }),
        ),
      ),
      check(
        '§1.8',
        'normalizedTags follow a change',
        post('/enforcers', enforcer('moves', { associatedTags: ['a=b'] }), 200, { keep: 'made' }),
        patch('/enforcers/{made.ID}', { associatedTags: ['c=d'] }, 200),
        get('/enforcers/{made.ID}', { status: 200, body: { normalizedTags: includes('c=d') } }),
        get('/enforcers/{made.ID}', { status: 200, body: { normalizedTags: lacks('a=b') } }),
      ),
      check(
        '§1.8',
        'the Console alone writes normalizedTags',
        post('/enforcers', enforcer('forged', { normalizedTags: ['$name=other'] }), {
          status: [200, 422],
        }),
        get('/enforcers?q=normalizedTags%20contains%20%5B%22%24name%3Dother%22%5D', {
          status: 200,
          body: [],
        }),
      ),
    ],
  },
]
