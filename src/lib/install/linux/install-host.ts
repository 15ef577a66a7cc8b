import { deriveMachineId } from '../../../contract/machine-id.ts'
import type { EnforcerBundle } from '../bundle/open-enforcer-bundle.ts'
import { applyPlan } from '../plan/apply-plan.ts'
import { openGate } from '../plan/gate.ts'
import type { Step } from '../plan/step.ts'
import { awaitConnection } from './await-connection.ts'
import type { RegisteredEnforcer } from './enforcer-registry.ts'
import { arrangeDelivery } from './arrange-delivery.ts'
import type { EnforcerIdentity, HostInstall, HostInstallContext, HostInstallOptions } from './host-install.ts'
import { inspectHost, type InstalledState } from './inspect-host.ts'
import { refuseOtherConsole } from './other-console.ts'
import { needsEnrolment, planInstall, type Enrolment } from './plan-install.ts'

interface Work {
  readonly options: HostInstallOptions
  readonly context: HostInstallContext
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
  const state = await inspectHost(context.transport, context)
  refuseOtherConsole(state, { configuration: options.configuration, target: context.transport.target })
  const bundle = await options.bundleFor(state.machine)
  const work = { options, context, state, bundle, machineId: deriveMachineId(state.machineId) }
  const enrolment = await enrolmentFor(work)
  const delivery = await arrangeDelivery(work, context)
  const steps = planInstall(state, { ...options, ...delivery, bundle, enrolment })
  const plan = steps.map(({ id, title }) => ({ id, title }))
  if (options.dryRun) return { change: 'planned', steps: plan }
  if (steps.length === 0)
    return {
      change: 'unchanged',
      steps: [],
      enforcer: identityOf(await connection(work, undefined), work),
    }
  return { change: 'installed', steps: plan, enforcer: identityOf(await apply(steps, work), work) }
}

async function apply(steps: readonly Step[], work: Work): Promise<RegisteredEnforcer> {
  const { context, machineId } = work
  const { registry, signal } = context
  const before = await registry.find(machineId, signal)
  let connected: RegisteredEnforcer | undefined
  try {
    await applyPlan(
      { steps, verify: async () => void (connected = await connection(work, before?.lastSyncTime)) },
      {
        ...context,
        subject: context.transport.target,
        gate: openGate(context.transport),
        reopen: async () => openGate(await context.reconnect()),
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

async function enrolmentFor(work: Work): Promise<Enrolment | undefined> {
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
