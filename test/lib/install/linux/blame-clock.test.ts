import { expect, it } from 'vitest'
import { ApoctlError } from '../../../../src/lib/errors/apoctl-error.ts'
import { blameClock } from '../../../../src/lib/install/linux/blame-clock.ts'
import type { HostFacts } from '../../../../src/lib/preflight/facts/host-facts.ts'
import { factsFrom } from '../../preflight/collected.ts'

function offBy(ms: number): HostFacts {
  const base = factsFrom({})
  const clock = {
    sentAtMs: 1e12,
    receivedAtMs: 1e12,
    hostEpochMs: 1e12 + ms,
    hostEpochAtEndMs: 1e12 + ms,
  }
  return { ...base, host: 'web1', clock: { ...base.clock, ...clock } }
}

const unseen = new ApoctlError(['APO-INSTALL-NOT-CONNECTED', 'web1: not seen'], { hints: ['Look there.'] })

it('an enforcer that is not seen on a host whose clock is off has the clock named first', () => {
  expect(blameClock(unseen, offBy(-7_200_000))).toMatchObject({
    code: 'APO-INSTALL-NOT-CONNECTED',
    hints: [expect.stringContaining("The clock of web1 is 2 h behind this machine's"), 'Look there.'],
  })
})

it('a clock that is right, and what has nothing to do with clocks, stay as they are', () => {
  expect(blameClock(unseen, offBy(5000))).toBe(unseen)
  const disk = new ApoctlError(['APO-HOST-DISK', 'full'])
  expect(blameClock(disk, offBy(-7_200_000))).toBe(disk)
})
