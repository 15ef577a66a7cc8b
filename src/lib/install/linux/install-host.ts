import { deriveMachineId } from '../../../contract/machine-id.ts'
import type { EnforcerBundle } from '../bundle/open-enforcer-bundle.ts'
import { applyPlan } from '../plan/apply-plan.ts'
import { openGate } from '../plan/gate.ts'
import { underHostLock, type HostLock } from '../plan/host-lock.ts'
import type { PlannedStep, Step } from '../plan/step.ts'
import { awaitConnection } from './await-connection.ts'
import type { RegisteredEnforcer } from './enforcer-registry.ts'
import type { EnforcerIdentity, HostInstall, HostInstallContext, HostInstallOptions } from './host-install.ts'
import { inspectHost, type InstalledState } from './inspect-host.ts'
import { refuseOtherConsole } from './other-console.ts'
import { needsEnrolment, planInstall, type Enrolment } from './plan-install.ts'

const reclaimLimitMs = 30_000

interface Work {
  readonly options: HostInstallOptions
  readonly context: HostInstallContext
  readonly steps: readonly Step[]
  readonly state: InstalledState
  readonly bundle: EnforcerBundle
  readonly machineId: string
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
  if (options.dryRun) return { change: 'planned', steps: titlesOf((await look(options, context)).steps) }
  return underHostLock(
    { ...context.claim, action: (lock) => installLocked({ options, lock }, context) },
    context,
  )
}

async function installLocked(
  { options, lock }: { readonly options: HostInstallOptions; readonly lock: HostLock },
  context: HostInstallContext,
): Promise<HostInstall> {
  const work = await look(options, context)
  const steps = titlesOf(work.steps)
  if (steps.length === 0)
    return { change: 'unchanged', steps, enforcer: identityOf(await connection(work, undefined), work) }
  return { change: 'installed', steps, enforcer: identityOf(await apply(work, lock), work) }
}

/** Looks at the host and works out what is to do. */
async function look(options: HostInstallOptions, context: HostInstallContext): Promise<Work> {
  const state = await inspectHost(context.transport, context)
  refuseOtherConsole(state, { configuration: options.configuration, target: context.transport.target })
  const bundle = await options.bundleFor(state.machine)
  const work = { options, context, state, bundle, machineId: deriveMachineId(state.machineId) }
  const steps = planInstall(state, { ...options, bundle, enrolment: await enrolmentFor(work) })
  return { ...work, steps }
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
      { steps, verify: async () => void (connected = await connection(work, before?.lastSyncTime)) },
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

async function enrolmentFor(work: Omit<Work, 'steps'>): Promise<Enrolment | undefined> {
  const { options, context, state } = work
  if (!needsEnrolment(state) || options.dryRun) return undefined
  const { registry, signal } = context
  switch (options.enrolment) {
    case 'token':
      return { type: 'token', token: options.token ?? (await registry.enrolmentToken(signal)) }
    case 'app-credential':
      return { type: 'app-credential', file: await registry.makeCredential(work.machineId, signal) }
  }
}

function identityOf(enforcer: RegisteredEnforcer, { bundle }: Work): EnforcerIdentity {
  const { ID: id, name, namespace } = enforcer
  return { id, name, namespace, version: bundle.manifest.version }
}

function identityMissing(target: string): never {
  throw new Error(`${target} was verified without an enforcer`)
}
