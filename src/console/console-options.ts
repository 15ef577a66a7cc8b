import type { CloudOptions } from './auth/clouds/cloud-options.ts'
import { usualTraffic, type TrafficLimits } from './traffic/traffic-limits.ts'

/** How to start an embedded Console. Times are in milliseconds. */
export interface ConsoleOptions {
  readonly listen: { readonly host: string; /** 0 takes a free one. */ readonly port: number }
  /** Made with mode 0700 if it is not there. One Console at a time can use it. */
  readonly dataDir: string
  /** How clients reach it, when that is not the address it listens on; `https://…`. */
  readonly publicUrl?: string | undefined
  readonly clouds?: CloudOptions
  /** The enforcer's layers that it gives out, a folder for each platform. Default: `packages` in its data directory. */
  readonly packagesFolder?: string | undefined
  /** Silence after which an enforcer counts as unreachable. */
  readonly unreachableAfterMs?: number
  /** No token lives longer. */
  readonly maxTokenValidityMs?: number
  /** Events a reader of the event socket may lag behind before it is dropped. */
  readonly eventQueueLength?: number
  readonly bodyLimitBytes?: number
  /** Of imports, which carry whole namespaces. */
  readonly importLimitBytes?: number
  /** How often objects past their expirationTime are removed. */
  readonly sweepEveryMs?: number
  /** How long deleted objects can still be asked for, where the contract has them archived. */
  readonly rememberDeletedMs?: number
  /** How long open requests may take to end when the Console stops. */
  readonly drainMs?: number
  /** What one client, and all together, may ask of it, where that is not the usual. */
  readonly traffic?: Partial<TrafficLimits>
}

export interface ConsoleLimits {
  readonly unreachableAfterMs: number
  readonly maxTokenValidityMs: number
  readonly eventQueueLength: number
  readonly bodyLimitBytes: number
  readonly importLimitBytes: number
  readonly sweepEveryMs: number
  readonly rememberDeletedMs: number
  readonly drainMs: number
  readonly traffic: TrafficLimits
}

export const dayMs = 86_400_000

export function limitsOf(options: ConsoleOptions): ConsoleLimits {
  return {
    unreachableAfterMs: options.unreachableAfterMs ?? 300_000,
    maxTokenValidityMs: options.maxTokenValidityMs ?? 30 * dayMs,
    eventQueueLength: options.eventQueueLength ?? 256,
    bodyLimitBytes: options.bodyLimitBytes ?? 1_048_576,
    importLimitBytes: options.importLimitBytes ?? 32 * 1_048_576,
    sweepEveryMs: options.sweepEveryMs ?? 30_000,
    rememberDeletedMs: options.rememberDeletedMs ?? 30 * dayMs,
    drainMs: options.drainMs ?? 5000,
    traffic: { ...usualTraffic, ...options.traffic },
  }
}
