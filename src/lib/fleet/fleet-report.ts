import type { ErrorDocument } from '../errors/apoctl-error.ts'
import { exitCode, type ExitCode } from '../errors/exit-code.ts'
import { foldNames } from './fold.ts'

/** What became of one host. */
export type HostResult<Value> =
  | { readonly host: string; readonly outcome: 'ok'; readonly durationMs: number; readonly value: Value }
  | {
      readonly host: string
      readonly outcome: 'failed'
      readonly durationMs: number
      readonly error: ErrorDocument
    }

/** What became of all hosts, in the order they were named. */
export interface FleetReport<Value> {
  readonly hosts: readonly HostResult<Value>[]
  /** The failed hosts, grouped by cause; the largest group first. */
  readonly failures: readonly FailureGroup[]
}

export interface FailureGroup {
  readonly code: ErrorDocument['code']
  /** With `HOST` where the message names the host. */
  readonly message: string
  readonly hints: readonly string[]
  /** Folded: `web[01-47], db`. */
  readonly hosts: string
  readonly hostCount: number
}

/** `addresses` are those of hosts by name, so that messages which differ in them alone read alike. */
export function fleetReport<Value>(
  hosts: readonly HostResult<Value>[],
  addresses: ReadonlyMap<string, string> = new Map(),
): FleetReport<Value> {
  const failed = hosts.filter((result) => result.outcome === 'failed')
  return { hosts, failures: groupFailures(failed, addresses) }
}

/**
 * The exit code for several hosts, from the one each would have had alone: the same for all is that
 * one; some good and some bad is partial; bad in different ways is "every target failed".
 */
export function fleetExitCode(codes: readonly ExitCode[]): ExitCode {
  const [first = exitCode.ok, ...others] = [...new Set(codes)]
  if (others.length === 0) return first
  return codes.includes(exitCode.ok) ? exitCode.partial : exitCode.no
}

/** The exit code of a host; `judge` tells for one that was reached whether its answer is good. */
export function exitCodeOfHost<Value>(
  result: HostResult<Value>,
  judge: (value: Value) => ExitCode = () => exitCode.ok,
): ExitCode {
  return result.outcome === 'ok' ? judge(result.value) : result.error.exitCode
}

/** The exit code of a whole report. */
export function exitCodeOfFleet<Value>(
  report: FleetReport<Value>,
  judge?: (value: Value) => ExitCode,
): ExitCode {
  return fleetExitCode(report.hosts.map((result) => exitCodeOfHost(result, judge)))
}

/** Hosts that could not be worked on, by cause; the largest group first. `addresses` as for `fleetReport`. */
export function groupFailures(
  failed: readonly { readonly host: string; readonly error: ErrorDocument }[],
  addresses: ReadonlyMap<string, string> = new Map(),
): FailureGroup[] {
  const groups = new Map<
    string,
    { readonly error: ErrorDocument; readonly message: string; names: string[] }
  >()
  for (const result of failed) {
    const named = withoutName(result.error.message, result.host)
    const message = withoutName(named, addresses.get(result.host) ?? result.host)
    const key = JSON.stringify([result.error.code, message])
    const group = groups.get(key) ?? { error: result.error, message, names: [] }
    group.names.push(result.host)
    groups.set(key, group)
  }
  return [...groups.values()]
    .sort((a, b) => b.names.length - a.names.length)
    .map(({ error, message, names }) => ({
      code: error.code,
      message: names.length === 1 ? error.message : message,
      hints: error.hints,
      hosts: foldNames(names),
      hostCount: names.length,
    }))
}

/** Takes `user@name:port`, `[name]:port` and `name` out of a message, so that equal causes read alike. */
function withoutName(message: string, host: string): string {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return message.replace(new RegExp(`([^\\s@]+@)?\\[?${escaped}\\]?(:\\d+)?`, 'g'), 'HOST')
}
