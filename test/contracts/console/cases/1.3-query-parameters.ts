import type { ConformanceCase, ConformanceGroup, RequestStep } from '../run/case.ts'
import { anyText, named, namedInOrder, nonEmptyText, nothingOrEmpty } from '../run/match.ts'
import { check, enforcer, get, head, post, q, remove } from '../run/steps.ts'

/** Six enforcers, one of which has a twin in name, and one more below. */
const six: readonly RequestStep[] = [
  ...['e', 'c', 'a', 'd', 'b', 'c'].map((name, index) =>
    post('/enforcers', enforcer(name, { currentVersion: `1.${index}.0` })),
  ),
  post('/namespaces', { name: 'below' }),
  post('/enforcers', enforcer('z'), 200, { namespace: '{ns}/below' }),
]
const all = ['a', 'b', 'c', 'c', 'd', 'e']

const lists = (query: string, ...names: readonly string[]): ConformanceCase =>
  check('§1.3', query, get(`/enforcers${query}`, { status: 200, body: named(...names) }))
const orders = (query: string, ...names: readonly string[]): ConformanceCase =>
  check('§1.3', query, get(`/enforcers${query}`, { status: 200, body: namedInOrder(...names) }))
const refused = (query: string, description: RegExp, path = '/enforcers'): ConformanceCase =>
  check('§1.3', `${path}${query}`, get(`${path}${query}`, { status: 400, error: { description } }))
const unknown = (name: string): RegExp => new RegExp(`^Unknown parameter: \`${name}\``)
const poke = (query: string, status: number): ConformanceCase =>
  check(
    '§1.3',
    `poke${query} is ${status}`,
    get(`/enforcers/{poked.ID}/poke${query}`, {
      status: status === 200 ? [200, 204] : status,
    }),
  )

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'pages by number',
    given: six,
    cases: [
      lists('', ...all),
      lists('?pagesize=0', ...all),
      lists('?page=1&pagesize=100', ...all),
      orders('?order=currentVersion&page=1&pagesize=4', 'e', 'c', 'a', 'd'),
      orders('?order=currentVersion&page=2&pagesize=4', 'b', 'c'),
      orders('?order=currentVersion&page=6&pagesize=1', 'c'),
      check(
        '§1.3',
        'a page behind the last one is empty',
        get('/enforcers?page=3&pagesize=4', { status: [200, 204] }),
      ),
      check(
        '§1.3',
        'the count is that of all pages',
        get('/enforcers?page=2&pagesize=4', { status: 200, headers: { 'x-count-total': '6' } }),
      ),
      refused('?pageSize=4', unknown('pageSize')),
      refused('?page=one', /./),
      refused('?pagesize=many', /./),
      refused('?page=1&page=2', /./),
    ],
  },
  {
    title: 'pages by cursor',
    given: six,
    cases: [
      check(
        '§1.3',
        'walks over everything once, and the last page has no X-Next',
        get('/enforcers?limit=4', { status: 200, headers: { 'x-next': nonEmptyText } }, { keep: 'one' }),
        get('/enforcers?limit=4&after={one:x-next}', { status: 200, headers: { 'x-next': nothingOrEmpty } }),
      ),
      check(
        '§1.3',
        'keeps the order',
        get(
          '/enforcers?limit=4&order=currentVersion',
          {
            status: 200,
            body: namedInOrder('e', 'c', 'a', 'd'),
          },
          { keep: 'one' },
        ),
        get('/enforcers?limit=4&order=currentVersion&after={one:x-next}', {
          status: 200,
          body: namedInOrder('b', 'c'),
          headers: { 'x-next': nothingOrEmpty },
        }),
      ),
      check(
        '§1.3',
        'keeps the order from high to low',
        get(
          '/enforcers?limit=5&order=-currentVersion',
          {
            status: 200,
            body: namedInOrder('c', 'b', 'd', 'a', 'c'),
          },
          { keep: 'one' },
        ),
        get('/enforcers?limit=5&order=-currentVersion&after={one:x-next}', {
          status: 200,
          body: namedInOrder('e'),
        }),
      ),
      check(
        '§1.3',
        'keeps the filter',
        get(
          `/enforcers?limit=2&${q('name in [a, b, d]')}&order=name`,
          {
            status: 200,
            body: namedInOrder('a', 'b'),
            headers: { 'x-count-total': '3' },
          },
          { keep: 'one' },
        ),
        get(`/enforcers?limit=2&${q('name in [a, b, d]')}&order=name&after={one:x-next}`, {
          status: 200,
          body: namedInOrder('d'),
          headers: { 'x-next': nothingOrEmpty },
        }),
      ),
      check(
        '§1.3',
        'a limit beyond everything gives everything',
        get('/enforcers?limit=1000', {
          status: 200,
          body: named(...all),
          headers: { 'x-next': nothingOrEmpty },
        }),
      ),
      refused('?limit=4&pagesize=4', /./),
      check(
        '§1.3',
        'after together with page',
        get('/enforcers?limit=2', 200, { keep: 'one' }),
        get('/enforcers?after={one:x-next}&page=1', 400),
      ),
      check(
        '§1.3',
        'after together with two orders',
        get('/enforcers?limit=2&order=name', 200, { keep: 'one' }),
        get('/enforcers?after={one:x-next}&order=name&order=ID', 400),
      ),
    ],
  },
  {
    title: 'order',
    given: six,
    cases: [
      orders('?order=name', 'a', 'b', 'c', 'c', 'd', 'e'),
      orders('?order=-name', 'e', 'd', 'c', 'c', 'b', 'a'),
      orders('?order=currentVersion', 'e', 'c', 'a', 'd', 'b', 'c'),
      check(
        '§1.3',
        'a second order decides between equals',
        get('/enforcers?order=-name&order=-currentVersion', {
          status: 200,
          body: [
            { name: 'e' },
            { name: 'd' },
            { name: 'c', currentVersion: '1.5.0' },
            { name: 'c', currentVersion: '1.1.0' },
            { name: 'b' },
            { name: 'a' },
          ],
        }),
      ),
      refused('?order=', /./),
    ],
  },
  {
    title: 'what belongs to the list',
    given: six,
    cases: [
      lists('?recursive=true', ...all, 'z'),
      lists('?recursive=1', ...all, 'z'),
      lists('?recursive=false', ...all, 'z'),
      lists('?recursive=', ...all),
      check(
        '§1.3',
        'HEAD counts with recursive',
        head('/enforcers?recursive=true', {
          status: 204,
          headers: { 'x-count-total': '7' },
        }),
      ),
      lists(`?${q('name == a')}`, 'a'),
      lists(`?${q('name == a')}&${q('name == b')}`, 'a', 'b'),
      lists(`?${q('name == a')}&${q('name == b')}&${q('name == nobody')}`, 'a', 'b'),
      lists(`?recursive=true&${q('name in [a, z]')}`, 'a', 'z'),
      check(
        '§1.3',
        'HEAD counts with a filter',
        head(`/enforcers?${q('name == c')}`, {
          status: 204,
          headers: { 'x-count-total': '2' },
        }),
      ),
    ],
  },
  {
    title: 'what nobody declared',
    given: [post('/enforcers', enforcer('poked'), 200, { keep: 'poked' })],
    cases: [
      refused('?foo=1', unknown('foo')),
      check(
        '§1.3',
        'one error for each unknown parameter',
        get('/enforcers?foo=1&bar=2', {
          status: 400,
          body: [{ description: anyText }, { description: anyText }],
        }),
      ),
      refused('?quiet=true', unknown('quiet')),
      refused('?enforcementStatus=Active', unknown('enforcementStatus')),
      check(
        '§1.3',
        'of an object',
        get('/enforcers/{poked.ID}?foo=1', { status: 400, error: { description: unknown('foo') } }),
      ),
      check(
        '§1.3',
        'of a creation',
        post('/enforcers?foo=1', enforcer('x'), { status: 400, error: { description: unknown('foo') } }),
      ),
      check(
        '§1.3',
        'of a heartbeat',
        get('/enforcers/{poked.ID}/poke?notify=true', {
          status: 400,
          error: { description: unknown('notify') },
        }),
      ),
    ],
  },
  {
    title: 'the types of parameters',
    given: [post('/enforcers', enforcer('poked'), 200, { keep: 'poked' })],
    cases: [
      ...['true', 'yes', '1', 'false', 'no', '0', ''].map((value) => poke(`?sessionClose=${value}`, 200)),
      poke('?sessionClose=maybe', 400),
      poke('?cpuload=0.5', 200),
      poke('?cpuload=much', 400),
      poke('?processes=5', 200),
      poke('?processes=five', 400),
      poke('?ts=2026-01-02T03:04:05Z', 200),
      poke('?ts=2026-01-02T03:04:05.678%2B01:00', 200),
      poke('?ts=someday', 400),
      poke('?status=Connected', 200),
      poke('?status=Sleeping', 400),
      poke('?enforcementStatus=Active', 200),
      poke('?enforcementStatus=Sometimes', 400),
      check(
        '§1.3',
        'one that may be sent once only',
        get('/enforcers/{poked.ID}/poke?version=1.0.0&version=2.0.0', {
          status: 400,
          error: { title: 'Invalid Parameter' },
        }),
      ),
    ],
  },
  {
    title: 'override',
    cases: [
      check(
        '§1.3',
        'a protected object is deleted with override only',
        post('/enforcers', enforcer('safe', { protected: true }), 200, { keep: 'safe' }),
        remove('/enforcers/{safe.ID}', { status: [400, 403, 422] }),
        get('/enforcers/{safe.ID}', 200),
        remove('/enforcers/{safe.ID}?override=true', { status: [200, 204] }),
        get('/enforcers/{safe.ID}', 404),
      ),
      check(
        '§1.3',
        'override says yes with any value',
        post('/enforcers', enforcer('safe', { protected: true }), 200, { keep: 'safe' }),
        remove('/enforcers/{safe.ID}?override=0', { status: [200, 204] }),
      ),
    ],
  },
]
