import { readdir, rm, rmdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { atMost } from './at-most.ts'
import { endHost } from './hosts/host-processes.ts'
import { removePartialImages } from './image/ensure-image.ts'
import type { LabContext } from './lab-context.ts'
import { labLayout, type LabLayout } from './lab-layout.ts'
import { withLabLock } from './lab-lock.ts'
import type { LabDownReport } from './lab-report.ts'
import { findControlGroups, labMachines } from './machine/control-groups.ts'
import { requireRoot } from './machine/tools.ts'
import { removeBridge } from './network/bridge.ts'
import { portsOf, portsVanish, removePorts } from './network/ports.ts'

export interface LabDownOptions {
  readonly name: string
  readonly dataDirectory: string
  /** Whether to delete the cache of images too; the next `lab up` then builds one again. */
  readonly purge?: boolean
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
  const lock = { directory: lab.directory, purpose: 'changes the lab', waitMs: lockWaitMs, context }
  const removed = await withLabLock(lock, () => removeLab(lab, context))
  const purged = options.purge === true && (await purgeImages(lab, context))
  // The data directory goes only when nothing else is in it.
  await rmdir(dirname(lab.directory)).catch(() => undefined)
  return {
    lab: lab.name,
    directory: lab.directory,
    changed: removed.length > 0 || purged,
    removed,
    purged,
  }
}

async function removeLab(lab: LabLayout, context: LabContext): Promise<string[]> {
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
  const bridge = (await removeBridge(lab, context)) ? [`bridge ${lab.bridge}`] : []
  return [
    ...machines.map((machine) => `container ${machine}`),
    ...bridge,
    ...(await removeDirectory(lab.directory)),
  ]
}

async function removeDirectory(directory: string): Promise<string[]> {
  const there = await stat(directory).catch(() => undefined)
  if (there === undefined) return []
  await rm(directory, { recursive: true, force: true })
  return [`directory ${directory}`]
}

/** Deletes every image; other labs that run keep theirs until they are down, so they must be first. */
async function purgeImages(lab: LabLayout, context: LabContext): Promise<boolean> {
  const others = (await readdir(dirname(lab.imagesDirectory)).catch(() => [])).filter(
    (name) => !name.startsWith('.'),
  )
  if (others.length > 0)
    throw new ApoctlError(['APO-LAB-CONFLICT', `the images are in use by the lab ${others.join(', ')}`], {
      hints: others.map((name) => `Run: apoctl lab down --name ${name}`),
    })
  const lock = { directory: lab.imagesDirectory, purpose: 'builds an image', waitMs: lockWaitMs, context }
  return withLabLock(lock, async () => {
    await removePartialImages(lab)
    return (await removeDirectory(lab.imagesDirectory)).length > 0
  })
}
