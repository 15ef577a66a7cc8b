import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { HostFacts } from '../../preflight/facts/host-facts.ts'
import { sayApart, skewToTool, surelyApartMs } from '../../preflight/checks/clock-skew.ts'

/** Below, no certificate and no token minds. */
const harmlessMs = 30_000

/** An enforcer that the Console never saw, on a host whose clock was known to be off: says so first. */
export function blameClock(error: unknown, facts: HostFacts): unknown {
  if (!(error instanceof ApoctlError) || error.code !== 'APO-INSTALL-NOT-CONNECTED') return error
  const skew = skewToTool(facts)
  const apartMs = skew === null ? 0 : surelyApartMs(skew)
  if (Math.abs(apartMs) <= harmlessMs) return error
  const clock = `The clock of ${facts.host} is ${sayApart(apartMs)} this machine's: let a time service set it (timedatectl set-ntp true).`
  return error.restated({ hints: [clock, ...error.hints] })
}
