import type { HostFacts } from '../facts/host-facts.ts'
import { evidence, whyUnknown, type Check, type CheckSources, type Verdict } from './check.ts'

/** One check for each capability, and one for the namespace they would count in. */
export function capabilityChecks(sources: CheckSources): Check[] {
  const wanted = Object.entries(sources.linux.capabilities ?? {})
  const checks = wanted.map(([name, purpose]): Check => ({
    id: `linux.capability.${name}`,
    title: `Capability ${name}`,
    category: 'capabilities',
    severity: 'error',
    requirement: `${name} for a service that runs as root: ${purpose}`,
    hint: 'Give the service manager the capability: it is cut off for PID 1, by a container or by its configuration.',
    evaluate: (facts) => judgeCapability(name, facts),
  }))
  return checks.length === 0 ? [] : [...checks, userNamespaceCheck]
}

/**
 * What a service gets is what PID 1 can pass on: a root process that PID 1 starts has all of the
 * bounding set, whatever the shell of this login may do.
 */
function judgeCapability(name: string, facts: HostFacts): Verdict {
  const { status } = facts.serviceManager
  if (status === null)
    return { outcome: 'unknown', found: whyUnknown(facts, 'process.1.status'), evidence: null }
  const bounding = status.capabilitiesBounding.includes(name)
  const shown = evidence(
    'grep CapBnd /proc/1/status  # decode with: capsh --decode=…',
    bounding ? `${name} is in the bounding set` : `the bounding set lacks ${name}`,
  )
  if (!bounding) {
    const container = facts.surroundings.container
    const where = container === null || container === 'none' ? '' : ` of this ${container} container`
    return { outcome: 'fail', found: `not in the bounding set of PID 1${where}`, evidence: shown }
  }
  return { outcome: 'pass', found: 'in the bounding set of PID 1', evidence: shown }
}

const userNamespaceCheck: Check = {
  id: 'linux.capability.user-namespace',
  title: 'Capabilities reach the kernel',
  category: 'capabilities',
  severity: 'error',
  requirement: 'the initial user namespace',
  hint: 'Run on the host itself: in a user namespace root is nobody to the kernel.',
  evaluate(facts) {
    const initial = facts.account.inInitialUserNamespace
    const command = 'cat /proc/self/uid_map'
    if (initial === null) return { outcome: 'unknown', found: 'the host did not say', evidence: null }
    return initial
      ? { outcome: 'pass', found: 'initial user namespace', evidence: evidence(command, '0 0 4294967295') }
      : {
          outcome: 'fail',
          found: 'a user namespace: capabilities count only inside it',
          evidence: evidence(command, 'not 0 0 4294967295'),
        }
  },
}
