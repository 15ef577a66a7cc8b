import { describe, expect, it } from 'vitest'
import { checksFor } from '../../../src/lib/preflight/checks/all-checks.ts'
import { judgeHost } from '../../../src/lib/preflight/judge-host.ts'
import { guide202111 } from '../../../src/lib/preflight/requirements/guide.ts'
import { everyCheck, selectChecks, type CheckSelection } from '../../../src/lib/preflight/select-checks.ts'
import { factsOf } from './collected.ts'

const checks = checksFor(guide202111, { console: false, packageHost: false, givenAuthority: false })
const select = (selection: Partial<CheckSelection>) =>
  selectChecks(checks, { ...everyCheck, ...selection }).map(({ id }) => id)
const judge = (selection: Partial<CheckSelection>, strict = false) => {
  const full = { ...everyCheck, ...selection }
  return judgeHost(factsOf('no-modules-6.18'), {
    checks: selectChecks(checks, full),
    selection: full,
    strict,
  })
}
const resultOf = (id: string, selection: Partial<CheckSelection>) =>
  judge(selection).checks.find((one) => one.id === id)

describe('--only', () => {
  it('takes an id, the start of one, or a pattern', () => {
    expect(select({ only: ['linux.kernel.module.xt_set'] })).toEqual(['linux.kernel.module.xt_set'])
    expect(select({ only: ['linux.kernel.module'] })).toHaveLength(24)
    expect(select({ only: ['linux.*.ipset', 'linux.resources'] })).toEqual([
      'linux.resources.vcpu',
      'linux.resources.memory',
      'linux.package.ipset',
    ])
  })

  it('does not take the start of a word', () => {
    expect(() => select({ only: ['linux.kernel.module.xt'] })).toThrow(/names no check/)
  })

  it('says what might have been meant', () => {
    expect(() => select({ skip: ['linux.module.xt_set'] })).toThrow(
      expect.objectContaining({
        code: 'APO-INPUT-VALUE',
        hints: expect.arrayContaining(['Did you mean linux.kernel.module.xt_set?']) as string[],
      }) as Error,
    )
  })
})

describe('--skip', () => {
  it('judges and shows, and does not count', () => {
    const id = 'linux.kernel.module.cls_cgroup'
    expect(resultOf(id, {})).toMatchObject({
      severity: 'error',
      outcome: 'fail',
      effect: 'blocks',
      decision: null,
    })
    expect(resultOf(id, { skip: [id] })).toMatchObject({
      severity: 'info',
      outcome: 'fail',
      effect: 'none',
      decision: 'skipped',
    })
  })
})

describe('--accept-risk', () => {
  it('lets an overridable check fail without blocking', () => {
    const id = 'linux.system.distribution'
    expect(resultOf(id, {})).toMatchObject({ effect: 'blocks', decision: null })
    expect(resultOf(id, { acceptRisk: [id] })).toMatchObject({ effect: 'warns', decision: 'accepted' })
  })

  it('is refused for what is an error', () => {
    expect(() => select({ acceptRisk: ['linux.kernel.module.cls_cgroup'] })).toThrow(
      /not a risk that can be accepted/,
    )
  })
})

describe('--strict', () => {
  it('lets warnings fail', () => {
    const selection = { only: ['linux.system.container'] }
    expect(judge(selection).verdict).toBe('warn')
    expect(judge(selection, true).verdict).toBe('fail')
  })
})
