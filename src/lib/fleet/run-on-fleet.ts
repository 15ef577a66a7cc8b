import { DeadlinePassed, startDeadline, type Deadline } from '../async/deadline.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { Reporter } from '../progress/reporter.ts'
import type { Transport } from '../transports/transport.ts'
import type { FleetHost } from './fleet-host.ts'
import type { HostRecord } from './journal/journal-line.ts'
import { addressesOf, fleetReport, type AttemptedHost, type FleetReport } from './fleet-report.ts'

/** One action over many hosts. */
export interface FleetWork<Value> {
  readonly hosts: readonly FleetHost[]
  /** What it is called in progress: `preflight`. */
  readonly step: string
  readonly action: (host: FleetHost, context: HostContext) => Promise<Value>
  /** How progress speaks of a host that the action answered for. Default: done. */
  readonly ending?: ((value: Value) => 'done' | 'unchanged' | 'failed') | undefined
  /** Why a host that the action answered for failed, in a few words. */
  readonly reason?: ((value: Value) => string | undefined) | undefined
  /** How many hosts at once. */
  readonly concurrency: number
  /** Most that one host may take, from connecting to the end of the action. Default: one hour. */
  readonly hostTimeoutMs?: number | undefined
  /** How long an action may tidy up after its signal aborted, before the host is given up. Default 15 s. */
  readonly graceMs?: number | undefined
}

/** What an action gets for its host. The connection is closed for it. */
export interface HostContext {
  readonly transport: Transport
  /** Aborts on Ctrl-C and when the host's time is up. */
  readonly signal: AbortSignal
  readonly reporter: Reporter
}

export interface FleetContext {
  readonly signal: AbortSignal
  readonly reporter: Reporter
  /** Hears what became of each host as soon as that is known. */
  readonly record?: ((host: HostRecord) => void) | undefined
  readonly openHost: (request: {
    readonly host: FleetHost
    readonly signal: AbortSignal
  }) => Promise<Transport>
}

const defaultHostTimeoutMs = 60 * 60 * 1000
const defaultGraceMs = 15_000

/**
 * Runs an action on every host, some at a time. A host that fails or hangs costs that host alone.
 * Rejects with the reason of `context.signal` when it aborts, after every started host had its grace
 * and every connection is closed; rejects with what an action threw if that is a bug.
 */
export async function runOnFleet<Value>(
  work: FleetWork<Value>,
  context: FleetContext,
): Promise<FleetReport<Value, AttemptedHost<Value>>> {
  const hosts = work.hosts.map(({ name }) => name)
  context.reporter.report({ type: 'wave', step: work.step, number: 1, count: 1, hosts })
  return fleetReport(await runOnHosts(work, context), addressesOf(work.hosts))
}

/** As `runOnFleet`, for hosts that are not all there are. */
export async function runOnHosts<Value>(
  work: FleetWork<Value>,
  context: FleetContext,
): Promise<readonly AttemptedHost<Value>[]> {
  const results: AttemptedHost<Value>[] = []
  const bugs: unknown[] = []
  const queue = work.hosts.entries()
  const worker = async (): Promise<void> => {
    for (const [index, host] of queue) {
      if (context.signal.aborted) return
      const settled = await runOnHost({ host, work }, context)
      if ('bug' in settled) bugs.push(settled.bug)
      else results[index] = settled.result
    }
  }
  await Promise.all(Array.from({ length: Math.min(work.concurrency, work.hosts.length) }, worker))
  context.signal.throwIfAborted()
  if (bugs.length > 0) throw bugs[0]
  return results
}

type Settled<Value> = { readonly result: AttemptedHost<Value> } | { readonly bug: unknown }

interface OneHost<Value> {
  readonly host: FleetHost
  readonly work: FleetWork<Value>
}

async function runOnHost<Value>(one: OneHost<Value>, context: FleetContext): Promise<Settled<Value>> {
  const { host, work } = one
  const startedMs = performance.now()
  const deadline = startDeadline(work.hostTimeoutMs ?? defaultHostTimeoutMs, context.signal)
  const { name } = host
  const say = (outcome: HostRecord['outcome'], why: Pick<HostRecord, 'error' | 'reason'> = {}) => {
    context.record?.({ host: name, step: work.step, outcome, durationMs: since(startedMs), ...why })
    context.reporter.report({ type: 'finished', subject: name, step: work.step, outcome })
  }
  context.reporter.report({ type: 'started', subject: host.name, step: work.step })
  try {
    const value = await withGrace(act(one, { ...context, signal: deadline.signal }), { deadline, work })
    say(work.ending?.(value) ?? 'done', { reason: work.reason?.(value) })
    return { result: { host: host.name, outcome: 'ok', durationMs: since(startedMs), value } }
  } catch (thrown) {
    const error = asHostError(thrown, { host, deadline })
    say('failed', { error: error?.toDocument() })
    if (error === undefined) return { bug: thrown }
    return {
      result: { host: host.name, outcome: 'failed', durationMs: since(startedMs), error: error.toDocument() },
    }
  } finally {
    deadline.clear()
  }
}

const since = (startedMs: number): number => Math.round(performance.now() - startedMs)

async function act<Value>(one: OneHost<Value>, context: FleetContext): Promise<Value> {
  const { signal, reporter } = context
  const transport = named(await context.openHost({ host: one.host, signal }), one.host)
  try {
    signal.throwIfAborted()
    return await one.work.action(one.host, { transport, signal, reporter })
  } finally {
    await transport.close()
  }
}

/** What is said of a host from here on calls it as the person does. */
function named(transport: Transport, host: FleetHost): Transport {
  return {
    target: host.name,
    run: (request, options) => transport.run(request, options),
    close: () => transport.close(),
  }
}

/** Waits for an action, and after its signal aborted only a while longer: it may ignore the signal. */
async function withGrace<Value>(
  action: Promise<Value>,
  limits: { readonly deadline: Deadline; readonly work: FleetWork<Value> },
): Promise<Value> {
  const { signal } = limits.deadline
  let timer: NodeJS.Timeout | undefined
  let onAbort: (() => void) | undefined
  const givenUp = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(signal.reason as Error), limits.work.graceMs ?? defaultGraceMs)
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([action, givenUp])
  } finally {
    clearTimeout(timer)
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort)
  }
}

/** What a host can fail with. Anything else that was thrown is a bug, unless we stopped the host. */
function asHostError(
  thrown: unknown,
  about: { readonly host: FleetHost; readonly deadline: Deadline },
): ApoctlError | undefined {
  if (thrown instanceof ApoctlError) return thrown
  const { host, deadline } = about
  if (!deadline.signal.aborted) return undefined
  const reason: unknown = deadline.signal.reason
  const limit =
    reason instanceof DeadlinePassed ? `within ${reason.timeoutMs / 1000} s` : 'before the run was stopped'
  return new ApoctlError(['APO-HOST-TIMEOUT', `${host.name} did not finish ${limit}`], { cause: thrown })
}
