import type { ConformanceCase, ConformanceGroup } from '../run/case.ts'
import { moment, nonEmptyText, nothingOrEmpty, timestamp } from '../run/match.ts'
import { check, enforcer, get, patch, post, remove } from '../run/steps.ts'

const refuses = (
  title: string,
  query: Readonly<Record<string, string>>,
  status: number | number[],
): ConformanceCase =>
  check('§7', `refuses ${title} before the upgrade`, { listen: 'reader', query, refusal: { status } })
const closes = (message: unknown): ConformanceCase =>
  check(
    '§7',
    `closes on ${typeof message === 'string' ? message : JSON.stringify(message)}`,
    { listen: 'reader' },
    { send: message, on: 'reader' },
    { closes: 1003, on: 'reader' },
  )
const complains = (message: unknown): ConformanceCase =>
  check(
    '§7',
    `with enableErrors answers ${typeof message === 'string' ? message : JSON.stringify(message)}`,
    { listen: 'reader', query: { enableErrors: 'true' } },
    { send: message, on: 'reader' },
    {
      hears: [{ type: 'error', identity: nothingOrEmpty, entity: { code: 400, title: nonEmptyText } }],
      on: 'reader',
    },
  )
const packed = { 'content-type': 'application/msgpack', accept: 'application/msgpack' }
/** Only what concerns enforcers: other cases of the group make nothing else. */
const enforcers = { identities: { enforcer: [] } }

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'the handshake of events',
    cases: [
      check('§7', 'opens with namespace and token', { listen: 'reader' }),
      check('§7', 'opens with mode=all', { listen: 'reader', query: { mode: 'all' } }),
      check('§7', 'opens with enableErrors', { listen: 'reader', query: { enableErrors: '' } }),
      refuses('no token', { token: '' }, 401),
      refuses('a token of nobody', { token: 'a.b.c' }, 401),
      check(
        '§7',
        'refuses a namespace outside the token before the upgrade',
        post('/namespaces', { name: 'inside' }),
        post('/issue', { realm: 'Certificate', restrictedNamespace: '{ns}/inside' }, 200, {
          token: null,
          certificate: 'own',
          keep: 'narrow',
        }),
        { listen: 'inside', query: { namespace: '{ns}/inside', token: '{narrow.token}' } },
        {
          listen: 'outside',
          query: { token: '{narrow.token}' },
          refusal: { status: 403, body: [{ code: 403 }] },
        },
      ),
    ],
  },
  {
    title: 'what is heard of events',
    given: [post('/namespaces', { name: 'below' }), post('/namespaces', { name: 'beside' })],
    cases: [
      check(
        '§7',
        'creation, change and deletion, with the whole object',
        { listen: 'reader' },
        { send: enforcers, on: 'reader' },
        { hears: [], on: 'reader' },
        post('/enforcers', enforcer('heard'), 200, { keep: 'made' }),
        patch('/enforcers/{made.ID}', { description: 'changed' }, 200),
        remove('/enforcers/{made.ID}', 200),
        {
          hears: [
            {
              type: 'create',
              identity: 'enforcer',
              timestamp: moment,
              encoding: 'application/json',
              entity: {
                ID: '{made.ID}',
                name: 'heard',
                FQDN: 'heard.example.com',
                namespace: '{ns}',
                operationalStatus: 'Registered',
              },
            },
            { type: 'update', identity: 'enforcer', entity: { ID: '{made.ID}', description: 'changed' } },
            { type: 'delete', identity: 'enforcer', entity: { ID: '{made.ID}' } },
          ],
          on: 'reader',
        },
      ),
      check(
        '§7',
        'without a push config, everything one may see',
        { listen: 'reader' },
        post('/enforcers', enforcer('any'), 200, { keep: 'made' }),
        { hears: [{ type: 'create', identity: 'enforcer' }], on: 'reader' },
      ),
      check(
        '§7',
        'with an empty one as well',
        { listen: 'reader' },
        { send: {}, on: 'reader' },
        { hears: [], on: 'reader' },
        post('/enforcers', enforcer('any')),
        { hears: [{ type: 'create', identity: 'enforcer' }], on: 'reader' },
      ),
      check(
        '§7',
        'other identities are not',
        { listen: 'reader' },
        { send: { identities: { processingunit: [] } }, on: 'reader' },
        { hears: [], on: 'reader' },
        post('/enforcers', enforcer('other')),
        post('/processingunits', { name: 'mine', type: 'Docker' }),
        { hears: [{ identity: 'processingunit', entity: { name: 'mine' } }], on: 'reader' },
      ),
      check(
        '§7',
        'other types are not',
        { listen: 'reader' },
        { send: { identities: { enforcer: ['update'] } }, on: 'reader' },
        { hears: [], on: 'reader' },
        post('/enforcers', enforcer('typed'), 200, { keep: 'made' }),
        patch('/enforcers/{made.ID}', { description: 'changed' }, 200),
        remove('/enforcers/{made.ID}', 200),
        { hears: [{ type: 'update' }], on: 'reader' },
      ),
      check(
        '§7',
        'a later push config replaces the former',
        { listen: 'reader' },
        { send: { identities: { processingunit: [] } }, on: 'reader' },
        { send: enforcers, on: 'reader' },
        { hears: [], on: 'reader' },
        post('/processingunits', { name: 'mine', type: 'Docker' }),
        post('/enforcers', enforcer('later')),
        { hears: [{ identity: 'enforcer' }], on: 'reader' },
      ),
      check(
        '§7',
        'a filter is taken',
        { listen: 'reader' },
        {
          send: { identities: { enforcer: [] }, filters: { enforcer: 'description == "wanted"' } },
          on: 'reader',
        },
        { hears: [], on: 'reader' },
        post('/enforcers', enforcer('yes', { description: 'wanted' })),
        { hears: [{ entity: { name: 'yes' } }], on: 'reader' },
      ),
      check(
        '§7',
        'a change of status says what it was',
        post('/enforcers', enforcer('status'), 200, { keep: 'made' }),
        { listen: 'reader' },
        { send: enforcers, on: 'reader' },
        { hears: [], on: 'reader' },
        get('/enforcers/{made.ID}/poke?status=Connected', { status: [200, 204] }),
        {
          hears: [
            {
              type: 'update',
              entity: { operationalStatus: 'Connected', previousOperationalStatus: 'Registered' },
            },
          ],
          on: 'reader',
        },
      ),
      check(
        '§7',
        'nothing from before the session',
        post('/enforcers', enforcer('early')),
        { listen: 'reader' },
        { hears: [], on: 'reader' },
      ),
    ],
  },
  {
    title: 'bad messages to events',
    cases: [
      closes('no JSON'),
      closes([]),
      closes({ identities: [] }),
      closes({ identities: { enforcer: ['explode'] } }),
      closes({ identities: { enforcer: [] }, filters: { processingunit: 'name == x' } }),
      closes({ identities: { enforcer: [] }, filters: { enforcer: 'name ==' } }),
      ...['<', '<=', '>', '>=', 'in', 'not in', 'contains', 'not contains'].map((operator) =>
        closes({ identities: { enforcer: [] }, filters: { enforcer: `name ${operator} x` } }),
      ),
      complains('no JSON'),
      complains({ identities: { enforcer: [] }, filters: { enforcer: 'name > x' } }),
      check(
        '§7',
        'after a complaint the session is mute until a good message comes',
        { listen: 'reader', query: { enableErrors: 'true' } },
        { send: 'no JSON', on: 'reader' },
        { hears: [{ type: 'error' }], on: 'reader' },
        post('/enforcers', enforcer('unheard')),
        { hears: [], on: 'reader' },
        { send: enforcers, on: 'reader' },
        { hears: [], on: 'reader' },
        post('/enforcers', enforcer('heard')),
        { hears: [{ entity: { name: 'heard' } }], on: 'reader' },
      ),
    ],
  },
  {
    title: 'a newer token for events',
    cases: [
      check(
        '§7',
        'keeps the session that the older one would end',
        post('/issue', { realm: 'Certificate' }, 200, { token: null, certificate: 'own', keep: 'old' }),
        post('/issue', { realm: 'Certificate' }, 200, { token: null, certificate: 'own', keep: 'new' }),
        { listen: 'reader', query: { token: '{old.token}' } },
        { send: { ...enforcers, parameters: { token: ['{new.token}'] } }, on: 'reader' },
        { hears: [], on: 'reader' },
        post('/enforcers', enforcer('after')),
        { hears: [{ entity: { name: 'after' } }], on: 'reader' },
      ),
    ],
  },
  {
    title: 'events in msgpack',
    cases: [
      check(
        '§7',
        'are asked for with the headers of the handshake; the entity is bytes, which hold the object',
        { listen: 'reader', headers: packed },
        { send: enforcers, packed: true, on: 'reader' },
        { hears: [], on: 'reader' },
        post('/enforcers', enforcer('packed', { startTime: '2026-01-02T03:04:05Z' }), 200, { keep: 'made' }),
        {
          hears: [
            {
              type: 'create',
              identity: 'enforcer',
              timestamp: timestamp(),
              encoding: 'application/msgpack',
              entity: {
                ID: '{made.ID}',
                name: 'packed',
                createTime: timestamp(),
                startTime: timestamp('2026-01-02T03:04:05Z'),
                lastSyncTime: null,
              },
            },
          ],
          on: 'reader',
        },
      ),
      check(
        '§7',
        'Content-Type is for what the reader sends, Accept for what it hears',
        { listen: 'sends', headers: { 'content-type': 'application/msgpack' } },
        { listen: 'hears', headers: { accept: 'application/msgpack' } },
        { send: enforcers, packed: true, on: 'sends' },
        { send: enforcers, on: 'hears' },
        { hears: [], on: 'sends' },
        { hears: [], on: 'hears' },
        post('/enforcers', enforcer('both')),
        { hears: [{ encoding: 'application/json', entity: { name: 'both' } }], on: 'sends' },
        { hears: [{ encoding: 'application/msgpack', entity: { name: 'both' } }], on: 'hears' },
      ),
      check(
        '§7',
        'a message in the other encoding closes the socket',
        { listen: 'reader', headers: packed },
        { send: enforcers, on: 'reader' },
        { closes: 1003, on: 'reader' },
      ),
      check(
        '§7',
        'a complaint is in msgpack as well',
        { listen: 'reader', query: { enableErrors: 'true' }, headers: packed },
        { send: 'no msgpack', on: 'reader' },
        {
          hears: [{ type: 'error', identity: nothingOrEmpty, entity: { code: 400, title: nonEmptyText } }],
          on: 'reader',
        },
      ),
      check('§1.6', 'a refusal is in msgpack as well', {
        listen: 'reader',
        query: { token: 'a.b.c' },
        headers: packed,
        refusal: { status: 401, headers: { 'content-type': 'application/msgpack' }, body: [{ code: 401 }] },
      }),
      check('§1.2', 'an Accept that nobody knows is refused before the upgrade', {
        listen: 'reader',
        headers: { accept: 'text/html' },
        refusal: { status: 415 },
      }),
    ],
  },
]
