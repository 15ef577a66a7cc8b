import { expect, it } from 'vitest'
import { judgeHost } from '../../../src/lib/preflight/judge-host.ts'
import { checksOf } from '../../../src/lib/preflight/preflight-host.ts'
import { enforcer } from '../../../src/lib/preflight/requirements/enforcer.ts'
import { everyCheck } from '../../../src/lib/preflight/select-checks.ts'
import { factsOf } from './collected.ts'

const criteria = { set: enforcer, selection: everyCheck, strict: false }
const judge = (tree: string) => judgeHost(factsOf(tree), { ...criteria, checks: checksOf(criteria) })
const notable = (tree: string) =>
  judge(tree)
    .checks.filter(({ effect }) => effect !== 'none')
    .map(({ id, effect }) => `${effect} ${id}`)

it('lets a container with systemd carry the bundled enforcer, and says what it does without', () => {
  expect(judge('systemd-nspawn-bookworm').verdict).toBe('warn')
  expect(notable('systemd-nspawn-bookworm')).toEqual([
    'warns linux.system.container',
    'warns linux.capability.CAP_SYS_RESOURCE',
    'warns linux.clock.tool',
  ])
})

it('does not let a machine without systemd carry it', () => {
  expect(judge('no-modules-6.18').verdict).toBe('fail')
  expect(notable('no-modules-6.18')).toContain('blocks linux.system.systemd')
})
