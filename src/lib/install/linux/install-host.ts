import { applyPlan } from '../plan/apply-plan.ts'
import { openGate } from '../plan/gate.ts'
import { expectFacts } from '../plan/fingerprint.ts'
import { underHostLock, type HostLock } from '../plan/host-lock.ts'
import type { PlannedStep, Step } from '../plan/step.ts'
import { awaitConnection } from './await-connection.ts'
import type { RegisteredEnforcer } from './enforcer-registry.ts'
import type { EnforcerIdentity, HostInstall, HostInstallContext, HostInstallOptions } from './host-install.ts'
import { lookAtHost, type HostWork } from './look-at-host.ts'
import { standProbation } from './stand-probation.ts'

const reclaimLimitMs = 30_000

interface Work extends HostWork {
  readonly options: HostInstallOptions
  readonly context: HostInstallContext
}

/**
 * Brings one host to the wanted state and waits until the Console sees its enforcer. Does nothing where
 * nothing is to do. When a step or the wait fails, the host is brought back and the Console forgets an
 * enforcer that it did not know before.
 */
export async function installOnHost(
  options: HostInstallOptions,
  context: HostInstallContext,
): Promise<HostInstall> {
  if (options.dryRun) return plannedOf(await lookAtHost(options, context))
  return underHostLock(
    { ...context.claim, action: (lock) => installLocked({ options, lock }, context) },
    context,
  )
}

async function installLocked(
  { options, lock }: { readonly options: HostInstallOptions; readonly lock: HostLock },
  context: HostInstallContext,
): Promise<HostInstall> {
  const work = { ...(await lookAtHost(options, context)), options, context }
  expectFacts({ ...work, host: context.transport.target }, options.expected)
  const steps = titlesOf(work.steps)
  if (steps.length === 0)
    return { change: 'unchanged', steps, enforcer: identityOf(await connection(work, undefined), work) }
  const enforcer = identityOf(await apply(work, lock), work)
  const { currentVersion: before } = work
  const replaced = before === undefined || before === enforcer.version ? {} : { replaced: before }
  return { change: 'installed', steps, enforcer, ...replaced }
}

function plannedOf({ steps, fingerprint }: HostWork): HostInstall {
  return { change: 'planned', steps: titlesOf(steps), fingerprint }
}

function titlesOf(steps: readonly Step[]): readonly PlannedStep[] {
  return steps.map(({ id, title }) => ({ id, title }))
}

async function apply(work: Work, lock: HostLock): Promise<RegisteredEnforcer> {
  const { context, machineId, steps } = work
  const { registry, signal } = context
  const before = await registry.find(machineId, signal)
  let connected: RegisteredEnforcer | undefined
  try {
    await applyPlan(
      {
        steps,
        verify: async () => {
          connected = await connection(work, before?.lastSyncTime)
          await standProbation(work.options, context)
        },
      },
      {
        ...context,
        subject: context.transport.target,
        gate: openGate(context.transport, lock),
        reopen: async () => {
          const transport = await context.reconnect()
          await lock.reclaim(transport, AbortSignal.timeout(reclaimLimitMs))
          return openGate(transport, lock)
        },
      },
    )
  } catch (failure) {
    if (before === undefined) await forgetNewcomer(work)
    throw failure
  }
  return connected ?? identityMissing(context.transport.target)
}

/** The Console drops what this run made it know; if it cannot be asked, a re-run adopts it. */
async function forgetNewcomer(work: Work): Promise<void> {
  const { registry, reporter, transport } = work.context
  const signal = AbortSignal.timeout(20_000)
  try {
    const newcomer = await registry.find(work.machineId, signal)
    if (newcomer !== undefined) await registry.forget({ ...newcomer, machineId: work.machineId }, signal)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    reporter.report({
      type: 'warning',
      subject: transport.target,
      text: `the Console may still list its enforcer: ${why}`,
    })
  }
}

function connection(work: Work, heardAt: string | undefined): Promise<RegisteredEnforcer> {
  const { options, context, machineId } = work
  const { api } = options.configuration
  const subject = context.transport.target
  return awaitConnection({ subject, machineId, heardAt, timeoutMs: options.connectTimeoutMs, api }, context)
}

function identityOf(enforcer: RegisteredEnforcer, { version }: Work): EnforcerIdentity {
  const { ID: id, name, namespace } = enforcer
  return { id, name, namespace, version }
}

function identityMissing(target: string): never {
  throw new Error(`${target} was verified without an enforcer`)
}
