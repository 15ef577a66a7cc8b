import { describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../../src/lib/errors/apoctl-error.ts'
import type { HostResult } from '../../../../src/lib/fleet/fleet-report.ts'
import { comparePlan } from '../../../../src/lib/install/plan/compare-plan.ts'
import { expectFacts, fingerprintOf } from '../../../../src/lib/install/plan/fingerprint.ts'
import { parseSavedPlan, type SavedPlan } from '../../../../src/lib/install/plan/saved-plan.ts'

const [one, other] = [fingerprintOf({ a: 1 }), fingerprintOf({ a: 2 })]
const plan: SavedPlan = {
  format: 'apoctl-plan/v1',
  madeAt: '2026-11-25T08:00:00.000Z',
  apoctlVersion: '1.0.0',
  command: 'enforcer install linux',
  words: ['--namespace=/acme'],
  workingDir: '/work',
  hosts: ['web1', 'web2', 'web3', 'web4', 'web5'].map((host) => ({ host, fingerprint: one, steps: [] })),
}

describe('a fingerprint', () => {
  it('is the same for the same facts, in whatever order, also in maps', () => {
    const facts = {
      files: new Map([
        ['a', { mode: '600' }],
        ['b', undefined],
      ]),
      active: true,
    } as const
    const same = {
      active: true,
      files: new Map([
        ['b', undefined],
        ['a', { mode: '600' }],
      ]),
    } as const
    expect(fingerprintOf(facts)).toBe(fingerprintOf(same))
  })

  it.each([
    { files: new Map([['a', { mode: '644' }]]), list: [1, 2] },
    { files: new Map([['c', { mode: '600' }]]), list: [1, 2] },
    { files: new Map([['a', { mode: '600' }]]), list: [2, 1] },
    { files: new Map([['a', { mode: '600' }]]) },
  ])('is another one for any other facts', (facts) => {
    const before = fingerprintOf({ files: new Map([['a', { mode: '600' }]]), list: [1, 2] })
    expect(fingerprintOf(facts)).not.toBe(before)
  })
})

describe('a plan', () => {
  it('is read as it was written', () => {
    expect(parseSavedPlan(JSON.stringify(plan))).toEqual({ ok: true, value: plan })
  })

  it.each([
    ['nonsense', /not a JSON object/],
    ['[]', /not a JSON object/],
    ['{"format":"apoctl-run/v1"}', /format is not apoctl-plan\/v1/],
    [{ ...plan, command: 1 }, /'command'/],
    [{ ...plan, words: 'x' }, /'words'/],
    [{ ...plan, hosts: [] }, /'hosts'/],
    [{ ...plan, hosts: [{ host: 'web1', fingerprint: 'x', steps: [] }] }, /host 1 /],
    [{ ...plan, hosts: [plan.hosts[0], { host: 'web1', fingerprint: one }] }, /host 2 /],
  ])('that is none is refused: %j', (text, problem) => {
    const read = parseSavedPlan(typeof text === 'string' ? text : JSON.stringify(text))
    expect(read).toMatchObject({ ok: false, problem: expect.stringMatching(problem) })
  })

  it('holds as long as every host is what it was', () => {
    const rows = plan.hosts.map(({ host }) => planned(host, one))
    expect(() => comparePlan(plan, rows)).not.toThrow()
    expect(() => comparePlan(plan, rows.slice(1))).toThrow('web1 is not listed any more')
  })

  it('does not hold when one is not, and says which and why', () => {
    const error = new ApoctlError(['APO-SSH-UNREACHABLE', 'no']).toDocument()
    const rows: HostResult<{ readonly change: string; readonly fingerprint?: string }>[] = [
      planned('web1', one),
      planned('web2', other),
      planned('web3', other),
      { host: 'web4', outcome: 'failed', durationMs: 1, error },
      { host: 'web5', outcome: 'ok', durationMs: 1, value: { change: 'refused' } },
    ]
    expect(() => comparePlan(plan, rows)).toThrow(
      'the plan of 2026-11-25T08:00:00.000Z does not hold any more: web[2-3] is not what it was; ' +
        'web4 cannot be looked at (APO-SSH-UNREACHABLE); web5 does not pass the checks any more',
    )
  })

  it('is looked at once more when a host has its turn', () => {
    const expected = new Map([['web1', one]])
    expect(() => expectFacts({ host: 'web1', fingerprint: one }, expected)).not.toThrow()
    expect(() => expectFacts({ host: 'web1', fingerprint: other }, expected)).toThrow(
      /web1 is not what it was/,
    )
    expect(() => expectFacts({ host: 'web2', fingerprint: one }, expected)).toThrow(/web2/)
    expect(() => expectFacts({ host: 'web2', fingerprint: one }, undefined)).not.toThrow()
  })
})

function planned(host: string, fingerprint: string) {
  return { host, outcome: 'ok', durationMs: 1, value: { change: 'planned', fingerprint } } as const
}
