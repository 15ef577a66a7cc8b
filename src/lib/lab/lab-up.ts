import { mkdir } from 'node:fs/promises'
import { bootHosts, removeSurplusHosts, surplusHosts } from './hosts/converge-hosts.ts'
import { ensureImage, findImage } from './image/ensure-image.ts'
import type { LabContext } from './lab-context.ts'
import { labLayout, type LabLayout } from './lab-layout.ts'
import { withLabLock } from './lab-lock.ts'
import type { LabUpReport } from './lab-report.ts'
import { readLabState, writeLabState, type LabState } from './lab-state.ts'
import { describeLab } from './lab-status.ts'
import { requireRoot, requireTools } from './machine/tools.ts'
import { ensureBridge } from './network/bridge.ts'
import { parseSubnet } from './subnet.ts'
import { settleLab, wantedLab, type LabUpOptions, type WantedLab } from './wanted-lab.ts'

const lockWaitMs = 120_000

/**
 * Brings a lab to what is asked for: builds the image, makes the bridge, boots what does not run,
 * removes hosts that are too many. Run again, it changes nothing.
 */
export async function labUp(options: LabUpOptions, context: LabContext): Promise<LabUpReport> {
  const lab = labLayout(options)
  const wanted = wantedLab(options)
  requireRoot(context, 'lab up')
  await requireTools({ install: options.installTools ?? false }, context)
  const begun = performance.now()
  const lock = { directory: lab.directory, purpose: 'changes the lab', waitMs: lockWaitMs, context }
  const work = options.dryRun ? plan : converge
  const outcome = await withLabLock(lock, () => work({ lab, wanted, options }, context))
  return { ...outcome, durationMs: Math.round(performance.now() - begun) }
}

interface Work {
  readonly lab: LabLayout
  readonly wanted: WantedLab
  readonly options: LabUpOptions
}

async function converge(work: Work, context: LabContext): Promise<Omit<LabUpReport, 'durationMs'>> {
  const { lab } = work
  const { settled, before, recipe } = await settle(work)
  const image = await ensureImage({ lab, recipe, key: before?.image }, context)
  const state: LabState = { ...settled, image: image.key }
  // Before the lab's directory, so that a refused network leaves nothing that a second try would trip over.
  const bridged = await ensureBridge({ lab, subnet: parseSubnet(state.subnet) }, context)
  await mkdir(lab.directory, { recursive: true })
  await writeLabState(lab, state)
  const removed = await removeSurplusHosts({ lab, state }, context)
  const started = await bootHosts({ lab, state, imageRoot: image.root }, context)
  const changed = image.built || bridged || removed.length > 0 || started.length > 0
  return {
    ...(await describeLab(lab, state)),
    dryRun: false,
    changed,
    imageBuilt: image.built,
    started,
    removed,
  }
}

/** What `converge` would do, as far as can be said without doing it. */
async function plan(work: Work): Promise<Omit<LabUpReport, 'durationMs'>> {
  const { lab } = work
  const { settled, before, recipe } = await settle(work)
  const found = await findImage({ lab, recipe, key: before?.image })
  const state: LabState = { ...settled, image: found.key }
  const now = await describeLab(lab, state)
  const started = now.hosts.filter((host) => host.state !== 'up').map(({ name }) => name)
  const removed = (await surplusHosts({ lab, state })).map((number) => `host${number}`)
  const imageBuilt = !found.built
  return {
    ...now,
    dryRun: true,
    changed: imageBuilt || started.length + removed.length > 0,
    imageBuilt,
    started,
    removed,
  }
}

async function settle({ lab, wanted, options }: Work) {
  const before = await readLabState(lab)
  const settled = settleLab(wanted, { name: lab.name, before })
  const recipe = {
    suite: settled.suite,
    ...(options.mirror === undefined ? {} : { mirror: options.mirror }),
  }
  return { before, settled, recipe }
}
