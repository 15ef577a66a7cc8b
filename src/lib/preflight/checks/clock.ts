import type { HostFacts } from '../facts/host-facts.ts'
import { evidence, type Check, type CheckSources, type Verdict } from './check.ts'

/** How far apart two clocks are: a range, because the question and the answer took time. */
export interface Skew {
  readonly leastMs: number
  readonly mostMs: number
}

export function clockChecks(sources: CheckSources): Check[] {
  const { clockSkewSeconds: limit } = sources.linux
  if (limit === undefined) return []
  return [
    {
      ...shared(limit),
      id: 'linux.clock.tool',
      title: 'Clocks of host and tool',
      severity: 'warning',
      evaluate: (facts) => judge({ skew: skewToTool(facts), limit, between: 'host and this machine' }),
    },
    {
      ...shared(limit),
      id: 'linux.clock.console',
      title: 'Clocks of host and Console',
      // A token is valid from and until a moment of the Console's clock.
      severity: 'error',
      evaluate: (facts) => judgeConsole(limit, facts),
    },
    synchronisationCheck,
  ]
}

function shared(limit: number): Pick<Check, 'category' | 'requirement' | 'hint'> {
  return {
    category: 'clock',
    requirement: `at most ${limit} s apart`,
    hint: 'Let a time service set the clock: timedatectl set-ntp true.',
  }
}

/** The collector read the host's clock first and last; what lies between is not the way of the question. */
export function skewToTool(facts: HostFacts): Skew | null {
  const { hostEpochMs, hostEpochAtEndMs, sentAtMs, receivedAtMs } = facts.clock
  if (hostEpochMs === null) return null
  const workMs = Math.max(0, (hostEpochAtEndMs ?? hostEpochMs) - hostEpochMs - 1000)
  // date +%s cuts off up to a second.
  return { leastMs: hostEpochMs - (receivedAtMs - workMs), mostMs: hostEpochMs + 999 - sentAtMs }
}

function judgeConsole(limit: number, facts: HostFacts): Verdict {
  const endpoint = facts.endpoints.find(({ name }) => name === 'console')
  if (endpoint === undefined)
    return { outcome: 'skipped', found: 'not tried: no --api was given', evidence: null }
  if (endpoint.tls?.outcome !== 'ok')
    return { outcome: 'skipped', found: 'not tried: the Console was not reached', evidence: null }
  const { hostEpochMs, serverEpochMs } = endpoint
  if (hostEpochMs === null || serverEpochMs === null)
    return { outcome: 'unknown', found: 'the Console told the host no time', evidence: null }
  const apart = hostEpochMs - serverEpochMs
  const skew = { leastMs: apart - 2000, mostMs: apart + 2000 }
  return judge({ skew, limit, between: 'host and Console' })
}

function judge(what: {
  readonly skew: Skew | null
  readonly limit: number
  readonly between: string
}): Verdict {
  const { skew, limit } = what
  if (skew === null) return { outcome: 'unknown', found: 'the host told no time', evidence: null }
  // Only what is surely too far apart fails: a slow answer is no wrong clock.
  const surelyMs = skew.leastMs > 0 ? skew.leastMs : Math.min(0, skew.mostMs)
  const found =
    surelyMs === 0
      ? 'together'
      : `${what.between}: at least ${Math.round(Math.abs(surelyMs) / 100) / 10} s ${surelyMs > 0 ? 'ahead' : 'behind'}`
  return {
    outcome: Math.abs(surelyMs) > limit * 1000 ? 'fail' : 'pass',
    found,
    evidence: evidence('date +%s', `between ${skew.leastMs} and ${skew.mostMs} ms apart`),
    ...(Math.abs(surelyMs) > limit * 1000
      ? { fix: { command: 'timedatectl set-ntp true', automatic: true } }
      : {}),
  }
}

const synchronisationCheck: Check = {
  id: 'linux.clock.synchronised',
  title: 'Clock kept by a time service',
  category: 'clock',
  severity: 'info',
  requirement: 'synchronised',
  hint: 'Start a time service: timedatectl set-ntp true, chrony or ntpd.',
  evaluate(facts) {
    const { synchronised } = facts.clock
    const shown = evidence('timedatectl show -p NTPSynchronized', synchronised === true ? 'yes' : 'no')
    if (synchronised === null) return { outcome: 'unknown', found: 'timedatectl did not say', evidence: null }
    return {
      outcome: synchronised ? 'pass' : 'fail',
      found: synchronised ? 'synchronised' : 'not',
      evidence: shown,
    }
  },
}
