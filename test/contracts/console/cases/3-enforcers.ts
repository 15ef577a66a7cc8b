import type { ConformanceGroup } from '../run/case.ts'
import { empty, moment, nonEmptyText, zeroTime } from '../run/match.ts'
import { check, enforcer, get, head, patch, post } from '../run/steps.ts'

const done = { status: [200, 204] }

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'enforcers',
    given: [post('/enforcers', enforcer('one', { machineID: 'm' }), 200, { keep: 'one' })],
    cases: [
      check(
        '§3.1',
        'a new one is registered, inactive and was never heard',
        get('/enforcers/{one.ID}', {
          status: 200,
          body: {
            operationalStatus: 'Registered',
            enforcementStatus: 'Inactive',
            lastSyncTime: zeroTime,
            migrationStatus: 'None',
            machineID: 'm',
            namespace: '{ns}',
          },
        }),
      ),
      check('§3.1', 'needs a name and a host', post('/enforcers', {}, 422)),
      check(
        '§3.1',
        'a status that is none',
        post('/enforcers', enforcer('x', { operationalStatus: 'Asleep' }), 422),
      ),
      check(
        '§3.1',
        'a version that is none',
        post('/enforcers', enforcer('x', { nextAvailableVersion: 'newest' }), 422),
      ),
      check('§3.1', 'a version', post('/enforcers', enforcer('x', { nextAvailableVersion: '1.2.3' }), 200)),
      check(
        '§3.1',
        'a version as Go writes it',
        post('/enforcers', enforcer('x', { nextAvailableVersion: 'v1.2.3' }), 200),
      ),
      check(
        '§3.1',
        'the trust chain comes with a single one only',
        get('/enforcers/{one.ID}', { status: 200, body: { localCA: nonEmptyText } }),
        get('/enforcers?q=name%3D%3Done', { status: 200, body: [{ localCA: /^$/ }] }),
      ),
      check(
        '§3.1',
        'a certificate for a request',
        { csr: 'mine' },
        post('/enforcers', enforcer('signed', { certificateRequest: '{mine.csr}' }), {
          status: 200,
          body: { certificate: /^-----BEGIN CERTIFICATE-----/, certificateRequest: /^$/ },
        }),
      ),
      check(
        '§3.1',
        'the log level for a while',
        patch('/enforcers/{one.ID}', { logLevel: 'Debug', logLevelDuration: '30s' }, 200),
        get('/enforcers/{one.ID}', { status: 200, body: { logLevel: 'Debug', logLevelDuration: '30s' } }),
      ),
    ],
  },
  {
    title: 'heartbeats',
    given: [post('/enforcers', enforcer('beats'), 200, { keep: 'one' })],
    cases: [
      check(
        '§3.2',
        'make a status and a time',
        get('/enforcers/{one.ID}/poke?status=Connected&enforcementStatus=Active&version=1.2.3', done),
        get('/enforcers/{one.ID}', {
          status: 200,
          body: {
            operationalStatus: 'Connected',
            enforcementStatus: 'Active',
            currentVersion: '1.2.3',
            lastSyncTime: moment,
            unreachable: false,
          },
        }),
      ),
      check(
        '§3.2',
        'say goodbye',
        get('/enforcers/{one.ID}/poke?status=Connected&sessionID=s1', done),
        get('/enforcers/{one.ID}/poke?sessionClose=true&sessionID=s1', done),
        get('/enforcers/{one.ID}', { status: 200, body: { operationalStatus: 'Disconnected' } }),
      ),
      check(
        '§3.2',
        'take every parameter',
        get(
          '/enforcers/{one.ID}/poke?cpuload=0.1&memory=5&processes=2&forceFullPoke=true&ts=2026-01-02T03:04:05Z&zhash=7',
          done,
        ),
      ),
      check('§3.2', 'of an enforcer nobody knows', get('/enforcers/617fe4ab1e32a50001c0ffee/poke', 404)),
      check('§3.2', 'are counted', head('/enforcers/{one.ID}/poke', 204)),
      check('§3.2', 'alone have no address', get('/poke', { status: [404, 405] })),
      {
        ...check(
          '§3.1',
          'five minutes of silence make it unreachable',
          get('/enforcers/{one.ID}/poke?status=Connected', done),
          get('/enforcers/{one.ID}', { status: 200, body: { unreachable: false } }),
          { passMs: 301_000 },
          get('/enforcers/{one.ID}', { status: 200, body: { unreachable: true } }),
          get('/enforcers/{one.ID}/poke', done),
          get('/enforcers/{one.ID}', { status: 200, body: { unreachable: false } }),
          { passMs: -301_000 },
        ),
        embeddedOnly: 'the clock of the Console is not ours to move',
      },
    ],
  },
  {
    title: 'processing units',
    given: [
      post('/enforcers', enforcer('host'), 200, { keep: 'host' }),
      post(
        '/processingunits',
        { name: 'pu', type: 'Docker', images: ['nginx'], enforcerID: '{host.ID}' },
        200,
        {
          keep: 'pu',
        },
      ),
    ],
    cases: [
      check(
        '§3.5',
        'defaults',
        get('/processingunits/{pu.ID}', {
          status: 200,
          body: {
            operationalStatus: 'Initialized',
            enforcementStatus: 'Inactive',
            datapathType: 'Aporeto',
            networkServices: empty,
            images: ['nginx'],
          },
        }),
      ),
      check('§3.5', 'need a name', post('/processingunits', { type: 'Docker' }, 422)),
      check('§3.5', 'a type that is none', post('/processingunits', { name: 'x', type: 'Toaster' }, 422)),
      check(
        '§3.5',
        'the type stays',
        patch(
          '/processingunits/{pu.ID}',
          { type: 'Host' },
          { status: 422, error: { title: 'Creation Only Error' } },
        ),
      ),
      check(
        '§3.5',
        'images stay',
        patch(
          '/processingunits/{pu.ID}',
          { images: ['other'] },
          { status: 422, error: { title: 'Creation Only Error' } },
        ),
      ),
      check(
        '§3.5',
        'tags change',
        patch('/processingunits/{pu.ID}', { associatedTags: ['app=web'] }, 200),
        get('/processingunits?q=associatedTags%20contains%20%5B%22app%3Dweb%22%5D', {
          status: 200,
          body: [{ name: 'pu' }],
        }),
      ),
      check(
        '§3.5',
        'services with ports',
        post(
          '/processingunits',
          { name: 'serving', type: 'Docker', networkServices: [{ protocol: 6, ports: '80' }] },
          200,
          {
            keep: 'made',
          },
        ),
        get('/processingunits/{made.ID}', {
          status: 200,
          body: { networkServices: [{ protocol: 6, ports: '80' }] },
        }),
      ),
      check(
        '§3.2',
        'a heartbeat makes a status',
        get('/processingunits/{pu.ID}/poke?status=Running&enforcementStatus=Active', done),
        get('/processingunits/{pu.ID}', {
          status: 200,
          body: { operationalStatus: 'Running', enforcementStatus: 'Active' },
        }),
      ),
      check(
        '§3.2',
        'a heartbeat with a status that is none',
        get('/processingunits/{pu.ID}/poke?status=Connected', 400),
      ),
      check('§3.5', 'the archive is asked for by a boolean', get('/processingunits?archived=false', done)),
      check(
        '§3.5',
        'a status that is none',
        post('/processingunits', { name: 'x', type: 'Docker', operationalStatus: 'Away' }, 422),
      ),
    ],
  },
]
