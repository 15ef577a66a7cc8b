import type { Answers } from './answers.ts'
import { cloudOf } from './cloud-of.ts'
import type { HostFacts } from './host-facts.ts'
import { endpointFacts } from './endpoint-facts.ts'
import { kernelFacts, netfilterFacts } from './kernel-facts.ts'
import { operatingSystemFacts } from './operating-system-facts.ts'
import { processStatusOf } from './process-status.ts'
import { numberOf, truthOf } from './read-answer.ts'
import { resourceFacts } from './resource-facts.ts'
import { softwareFacts } from './software-facts.ts'

/** Who was asked and when, by the clock of the tool. */
export interface Collection {
  readonly host: string
  readonly sentAtMs: number
  readonly receivedAtMs: number
}

/** Turns the collector's answers into the typed document. Total: whatever a host says becomes facts or null. */
export function toFacts(answers: Answers, collection: Collection): HostFacts {
  const epochMs = (key: string): number | null => {
    const seconds = numberOf(answers.first(key))
    return seconds === null ? null : seconds * 1000
  }
  return {
    host: collection.host,
    collectedAt: new Date(collection.receivedAtMs).toISOString(),
    clock: {
      hostEpochMs: epochMs('clock.epoch'),
      hostEpochAtEndMs: epochMs('clock.epochAtEnd'),
      sentAtMs: collection.sentAtMs,
      receivedAtMs: collection.receivedAtMs,
      synchronised: synchronisation(answers.all('clock.sync')),
    },
    account: {
      uid: numberOf(answers.first('account.uid')),
      name: answers.first('account.name') ?? '',
      inInitialUserNamespace: userNamespace(answers.first('account.uidMap')),
    },
    serviceManager: serviceManagerFacts(answers),
    operatingSystem: operatingSystemFacts(answers),
    kernel: kernelFacts(answers),
    netfilter: netfilterFacts(answers),
    resources: resourceFacts(answers),
    surroundings: surroundingFacts(answers),
    software: softwareFacts(answers),
    endpoints: endpointFacts(answers),
    unknown: Object.fromEntries(answers.all('unknown').map(splitAtSpace)),
  }
}

function splitAtSpace(line: string): [string, string] {
  const [key = '', ...why] = line.split(' ')
  return [key, why.join(' ')]
}

function synchronisation(lines: readonly string[]): boolean | null {
  const line = lines.find((one) => one.startsWith('NTPSynchronized='))
  return line === undefined ? null : line.endsWith('=yes')
}

/** The initial namespace maps every id onto itself; any other map is a namespace of its own. */
function userNamespace(map: string | null): boolean | null {
  return map === null ? null : /^0\s+0\s+4294967295$/.test(map)
}

function serviceManagerFacts(answers: Answers): HostFacts['serviceManager'] {
  const version = /^systemd (\d+)/.exec(answers.first('init.systemdVersion') ?? '')?.[1]
  return {
    command: answers.first('process.1.comm'),
    status: processStatusOf(answers.all('process.1.status')),
    systemdRuns: answers.first('init.systemdRuns') === 'yes',
    systemdVersion: numberOf(version ?? null),
    systemState: answers.first('init.systemState'),
  }
}

function surroundingFacts(answers: Answers): HostFacts['surroundings'] {
  const named = [
    answers.first('virt.container'),
    answers.first('virt.systemdContainer'),
    answers.first('virt.environment'),
  ]
  const container = named.find((name) => name !== null && name !== 'none')
  const asked = answers.keys().includes('virt.container')
  const machine = answers.first('virt.machine')
  const lockdown = answers.first('security.lockdown')
  return {
    container: container ?? containerByMark(answers.first('virt.mark')) ?? (asked ? 'none' : null),
    machine,
    cloud: cloudOf(answers),
    lockdown: /\[(\w+)\]/.exec(lockdown ?? '')?.[1] ?? null,
    secureBoot: truthOf(answers.first('security.secureBoot')),
    selinuxEnforcing: truthOf(answers.first('security.selinuxEnforcing')),
  }
}

function containerByMark(mark: string | null): string | null {
  if (mark === '/.dockerenv') return 'docker'
  return mark === '/run/.containerenv' ? 'podman' : null
}
