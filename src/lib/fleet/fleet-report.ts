import type { ErrorDocument } from '../errors/apoctl-error.ts'
import { exitCode, type ExitCode } from '../errors/exit-code.ts'
import type { FleetHost } from './fleet-host.ts'
import { foldNames } from '../progress/fold-names.ts'

/** What became of one host. */
export type HostResult<Value> = AttemptedHost<Value> | UnattemptedHost
export type AttemptedHost<Value> = OkHost<Value> | FailedHost

interface HostRow {
  readonly host: string
  /** Which wave it was in; absent where there were none. */
  readonly wave?: number
}

export interface OkHost<Value> extends HostRow {
  readonly outcome: 'ok'
  readonly durationMs: number
  readonly value: Value
}

export interface FailedHost extends HostRow {
  readonly outcome: 'failed'
  readonly durationMs: number
  readonly error: ErrorDocument
}

/** Left alone, because too many hosts failed before its turn came. */
export interface UnattemptedHost extends HostRow {
  readonly outcome: 'not-attempted'
  readonly reason: string
}

/** What became of one wave. */
export interface WaveReport {
  /** From 1. */
  readonly number: number
  /** Folded: `web[01-47], db`. */
  readonly hosts: string
  readonly hostCount: number
  readonly failed: number
  /** `stopped`: so many failed that the waves after it were not attempted. */
  readonly outcome: 'done' | 'stopped' | 'not-attempted'
}

/** What became of all hosts, in the order they were named; wave by wave, where there were waves. */
export interface FleetReport<Value, Row extends HostResult<Value> = HostResult<Value>> {
  readonly hosts: readonly Row[]
  /** The failed hosts, grouped by cause; the largest group first. */
  readonly failures: readonly FailureGroup[]
  /** Empty where all hosts were one wave. */
  readonly waves: readonly WaveReport[]
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
export function fleetReport<Value, Row extends HostResult<Value>>(
  hosts: readonly Row[],
  addresses: ReadonlyMap<string, string> = new Map(),
): FleetReport<Value, Row> {
  const all: readonly HostResult<Value>[] = hosts
  const failed = all.filter((result) => result.outcome === 'failed')
  return { hosts, failures: groupFailures(failed, addresses), waves: [] }
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

/** The exit code of a host that was attempted; `judge` tells for one that was reached whether its answer is good. */
function exitCodeOfHost<Value>(
  result: AttemptedHost<Value>,
  judge: (value: Value) => ExitCode = () => exitCode.ok,
): ExitCode {
  return result.outcome === 'ok' ? judge(result.value) : result.error.exitCode
}

/** The exit code of a whole report. Hosts that were not attempted add nothing to what kept them from it. */
export function exitCodeOfFleet<Value>(
  report: Pick<FleetReport<Value>, 'hosts'>,
  judge?: (value: Value) => ExitCode,
): ExitCode {
  const attempted = report.hosts.filter((result) => result.outcome !== 'not-attempted')
  return fleetExitCode(attempted.map((result) => exitCodeOfHost(result, judge)))
}

/** Where hosts are, by name, for `fleetReport`. */
export function addressesOf(hosts: readonly FleetHost[]): ReadonlyMap<string, string> {
  return new Map(hosts.flatMap((host) => (host.type === 'ssh' ? [[host.name, host.address] as const] : [])))
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
      hints: names.length === 1 ? error.hints : error.hints.map((hint) => withoutName(hint, names[0] ?? '')),
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
