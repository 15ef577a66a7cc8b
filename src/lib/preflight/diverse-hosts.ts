import type { JudgedHost } from './preflight-host.ts'

/** What makes hosts differ for an enforcer. */
export interface HostKind {
  /** `6.1`. */
  readonly kernel: string
  /** `debian 12`. */
  readonly distribution: string
  /** `aws`; `no cloud`. */
  readonly cloud: string
}

/** One host of a kind, to try things out on. */
export interface Exemplar extends HostKind {
  readonly host: string
}

/** The first host of each kind of kernel, distribution and cloud; those that fail their checks are no examples. */
export function diverseHosts(judged: readonly JudgedHost[]): Exemplar[] {
  const kinds = new Map<string, Exemplar>()
  for (const { facts, preflight } of judged) {
    if (preflight.verdict === 'fail') continue
    const kind = kindOf(facts)
    const key = JSON.stringify(kind)
    if (!kinds.has(key)) kinds.set(key, { host: preflight.host, ...kind })
  }
  return [...kinds.values()]
}

function kindOf({ kernel, operatingSystem, surroundings }: JudgedHost['facts']): HostKind {
  const { id, versionId } = operatingSystem
  return {
    kernel: /^\d+\.\d+/.exec(kernel.release)?.[0] ?? kernel.release,
    distribution: [id, versionId].filter((word) => word !== '').join(' '),
    cloud: surroundings.cloud ?? 'no cloud',
  }
}
