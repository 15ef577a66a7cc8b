import { describe, expect, it } from 'vitest'
import { enforcerPaths as paths } from '../../../../src/contract/enforcer-paths.ts'
import { judgeHostStatus, type SeenFrom } from '../../../../src/lib/install/linux/host-status.ts'
import { emptyHost, type InstalledState } from '../../../../src/lib/install/linux/inspect-host.ts'
import type { EnforcerStatus } from '../../../../src/lib/status/enforcer-status.ts'

const api = 'https://c:1'
const seen = (change: Partial<EnforcerStatus> = {}): SeenFrom => ({
  api,
  namespace: '/a',
  enforcer: {
    id: '1',
    name: 'web',
    namespace: '/a',
    state: 'Connected',
    unreachable: false,
    enforcement: 'Inactive',
    version: '1.0.0',
    lastSeen: '2026-01-01T00:00:00Z',
    ...change,
  },
})
const host = (change: Partial<InstalledState> = {}): InstalledState => ({
  ...emptyHost('x86_64'),
  currentVersion: '1.0.0',
  serviceActive: true,
  serviceEnabled: true,
  files: new Map([
    [paths.configuration, { mode: '600', content: `ENFORCERD_API="${api}"\nENFORCERD_NAMESPACE="/a"\n` }],
  ]),
  ...change,
})
const unfinished = { partials: new Map([['1.1.0', { archives: new Map(), unpacked: new Map() }]]) }
const told = (address: string): Partial<InstalledState> => ({
  files: new Map([[paths.configuration, { mode: '600', content: `ENFORCERD_API="${address}"\n` }]]),
})

describe('how an enforcer is', () => {
  it('is well when host and Console say the same', () => {
    expect(judgeHostStatus(host(), seen())).toMatchObject({
      state: 'connected',
      version: '1.0.0',
      startsAtBoot: true,
      api,
      namespace: '/a',
      problems: [],
    })
  })

  it.each<[string, Partial<InstalledState>, SeenFrom, ReturnType<typeof judgeHostStatus>['state'], RegExp[]]>(
    [
      [
        'was stopped',
        { serviceActive: false },
        seen({ state: 'Disconnected' }),
        'not-running',
        [/does not run/],
      ],
      ['is not enabled', { serviceEnabled: false }, seen(), 'connected', [/does not start with the machine/]],
      [
        'runs unseen',
        {},
        seen({ state: 'Disconnected' }),
        'not-connected',
        [/it runs, and the Console last heard from it at 2026/],
      ],
      [
        'never registered',
        {},
        seen({ state: 'Registered', lastSeen: null }),
        'not-connected',
        [/the Console has never heard from it/],
      ],
      [
        'went silent',
        {},
        seen({ unreachable: true }),
        'not-connected',
        [/it runs, and the Console last heard/],
      ],
      [
        'is not known',
        {},
        { ...seen(), enforcer: undefined },
        'not-connected',
        [/no enforcer of this machine below \/a/],
      ],
      [
        'belongs to another Console',
        told('https://other:1'),
        { ...seen(), enforcer: undefined },
        'not-connected',
        [/^it belongs to https:\/\/other:1, which was not asked$/],
      ],
      [
        'was not restarted',
        {},
        seen({ version: '0.9.0' }),
        'connected',
        [/0\.9\.0 runs, and 1\.0\.0 is in its place/],
      ],
      ['cannot enforce', {}, seen({ enforcement: 'Failed' }), 'connected', [/cannot enforce/]],
      ['has half a delivery', unfinished, seen(), 'connected', [/delivery of 1\.1\.0 was not finished/]],
      ['has a silent Console', {}, { ...seen(), enforcer: 'unknown' }, 'unknown', []],
      [
        'is gone, and listed',
        { currentVersion: undefined, serviceActive: false, serviceEnabled: false, files: new Map() },
        seen({ state: 'Disconnected' }),
        'not-installed',
        [/the Console still lists its enforcer/],
      ],
      [
        'was never there',
        { currentVersion: undefined, serviceActive: false, serviceEnabled: false, files: new Map() },
        { ...seen(), enforcer: undefined },
        'not-installed',
        [],
      ],
    ],
  )('is told of one that %s', (_, change, from, state, problems) => {
    const status = judgeHostStatus(host(change), from)
    expect(status.state).toBe(state)
    expect(status.problems).toEqual(problems.map((problem) => expect.stringMatching(problem) as unknown))
  })
})
