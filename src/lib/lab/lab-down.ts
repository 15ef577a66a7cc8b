import { readdir, rm, rmdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { atMost } from './at-most.ts'
import { endHost } from './hosts/host-processes.ts'
import type { LabContext } from './lab-context.ts'
import { labLayout, type LabLayout } from './lab-layout.ts'
import { withLabLock } from './lab-lock.ts'
import type { LabDownReport } from './lab-report.ts'
import { findControlGroups, labMachines } from './machine/control-groups.ts'
import { requireRoot } from './machine/tools.ts'
import { ownsBridge, removeBridge } from './network/bridge.ts'
import { portsOf, portsVanish, removePorts } from './network/ports.ts'

export interface LabDownOptions {
  readonly name: string
  readonly dataDirectory: string
  /** Whether to delete the cache of images too; the next `lab up` then builds one again. */
  readonly purge?: boolean
  /** Whether to only say what would be removed. */
  readonly dryRun?: boolean
}

const lockWaitMs = 120_000
const endedAtOnce = 12

/**
 * Removes a lab and everything of it, from whatever state it is in: it looks for what carries the
 * lab's names on the machine rather than trusting its records. Run again, it finds nothing.
 */
export async function labDown(options: LabDownOptions, context: LabContext): Promise<LabDownReport> {
  const lab = labLayout(options)
  requireRoot(context, 'lab down')
  if (options.purge === true) await refuseOtherLabs(lab)
  const lock = { directory: lab.directory, purpose: 'changes the lab', waitMs: lockWaitMs, context }
  const removed = await withLabLock(lock, () =>
    options.dryRun ? findLab(lab, context) : removeLab(lab, context),
  )
  if (options.purge === true)
    removed.push(...(await purgeImages({ lab, dryRun: options.dryRun ?? false }, context)))
  // The data directory goes only when nothing else is in it.
  if (options.dryRun !== true) await rmdir(dirname(lab.directory)).catch(() => undefined)
  return {
    lab: lab.name,
    directory: lab.directory,
    dryRun: options.dryRun ?? false,
    changed: removed.length > 0,
    removed,
  }
}

/** What there is of a lab on this machine. */
async function findLab(lab: LabLayout, context: LabContext): Promise<string[]> {
  const machines = await labMachines(`apolab${lab.id}h`, await findControlGroups())
  const bridge = (await ownsBridge(lab, context)) ? [`bridge ${lab.bridge}`] : []
  const directory = (await exists(lab.directory)) ? [`directory ${lab.directory}`] : []
  return [...machines.map((machine) => `container ${machine}`), ...bridge, ...directory]
}

/** Removes what there is of a lab, and says what that was. */
async function removeLab(lab: LabLayout, context: LabContext): Promise<string[]> {
  const found = await findLab(lab, context)
  const groups = await findControlGroups()
  const machines = await labMachines(`apolab${lab.id}h`, groups)
  await atMost({ items: machines, limit: endedAtOnce }, async (machine) => {
    context.reporter.report({ type: 'started', subject: machine, step: 'end' })
    await endHost({ machine, groups }, context)
    context.reporter.report({ type: 'finished', subject: machine, step: 'end', outcome: 'done' })
  })
  await removePorts(await portsOf(lab, context), context)
  if (!(await portsVanish(lab, context)))
    throw new ApoctlError(['APO-LAB-LEFTOVER', `a port of the bridge ${lab.bridge} would not go`])
  await removeBridge(lab, context)
  await rm(lab.directory, { recursive: true, force: true })
  return found
}

/** Deletes every image. */
async function purgeImages(
  what: { readonly lab: LabLayout; readonly dryRun: boolean },
  context: LabContext,
): Promise<string[]> {
  const { imagesDirectory } = what.lab
  if (!(await exists(imagesDirectory))) return []
  const lock = { directory: imagesDirectory, purpose: 'builds an image', waitMs: lockWaitMs, context }
  if (!what.dryRun) await withLabLock(lock, () => rm(imagesDirectory, { recursive: true, force: true }))
  return [`directory ${imagesDirectory}`]
}

/** Hosts that run stand on the images, so every other lab must be down before those go. */
async function refuseOtherLabs(lab: LabLayout): Promise<void> {
  const names = await readdir(dirname(lab.directory)).catch(() => [])
  const others = names.filter((name) => !name.startsWith('.') && name !== lab.name)
  if (others.length === 0) return
  throw new ApoctlError(['APO-LAB-CONFLICT', `the images are in use by the lab ${others.join(', ')}`], {
    hints: others.map((name) => `Run: apoctl lab down --name ${name}`),
  })
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
