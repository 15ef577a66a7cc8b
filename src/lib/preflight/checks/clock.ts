import type { HostFacts } from '../facts/host-facts.ts'
import { evidence, type Check, type CheckSources, type Verdict } from './check.ts'
import {
  sayApart,
  setByTimeService,
  skewToServer,
  skewToTool,
  surelyApartMs,
  type Skew,
} from './clock-skew.ts'

export function clockChecks(sources: CheckSources): Check[] {
  const { clockSkewSeconds: limit } = sources.linux
  if (limit === undefined) return []
  return [
    {
      ...shared(limit),
      id: 'linux.clock.tool',
      title: 'Clocks of host and tool',
      severity: 'warning',
      evaluate: (facts) => judge({ skew: skewToTool(facts), limit, other: "this machine's" }),
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

function judgeConsole(limit: number, facts: HostFacts): Verdict {
  const endpoint = facts.endpoints.find(({ name }) => name === 'console')
  if (endpoint === undefined)
    return { outcome: 'skipped', found: 'not tried: no --api was given', evidence: null }
  if (endpoint.tls?.outcome !== 'ok')
    return { outcome: 'skipped', found: 'not tried: the Console was not reached', evidence: null }
  const skew = skewToServer(endpoint)
  if (skew === null) return { outcome: 'unknown', found: 'the Console told the host no time', evidence: null }
  return judge({ skew, limit, other: "the Console's" })
}

function judge(what: {
  readonly skew: Skew | null
  readonly limit: number
  readonly other: string
}): Verdict {
  const { skew, limit, other } = what
  if (skew === null) return { outcome: 'unknown', found: 'the host told no time', evidence: null }
  const apartMs = surelyApartMs(skew)
  const found = apartMs === 0 ? 'together' : `the clock of the host is ${sayApart(apartMs)} ${other}`
  const isOff = Math.abs(apartMs) > limit * 1000
  return {
    outcome: isOff ? 'fail' : 'pass',
    found,
    evidence: evidence('date +%s', `between ${skew.leastMs} and ${skew.mostMs} ms apart`),
    ...(isOff ? { fix: setByTimeService } : {}),
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
