import { mkdir } from 'node:fs/promises'
import { bootHosts, removeSurplusHosts } from './hosts/converge-hosts.ts'
import { ensureImage } from './image/ensure-image.ts'
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
  const outcome = await withLabLock(lock, () => converge({ lab, wanted, options }, context))
  return { ...outcome, durationMs: Math.round(performance.now() - begun) }
}

async function converge(
  what: { readonly lab: LabLayout; readonly wanted: WantedLab; readonly options: LabUpOptions },
  context: LabContext,
): Promise<Omit<LabUpReport, 'durationMs'>> {
  const { lab, wanted, options } = what
  const before = await readLabState(lab)
  const settled = settleLab(wanted, { name: lab.name, before })
  const recipe = { suite: settled.suite, ...(options.mirror === undefined ? {} : { mirror: options.mirror }) }
  const image = await ensureImage(
    { lab, recipe, ...(before === undefined ? {} : { key: before.image }) },
    context,
  )
  const state: LabState = { ...settled, image: image.key }
  // Before the lab's directory, so that a refused network leaves nothing that a second try would trip over.
  const bridged = await ensureBridge({ lab, subnet: parseSubnet(state.subnet) }, context)
  await mkdir(lab.directory, { recursive: true })
  await writeLabState(lab, state)
  const removed = await removeSurplusHosts({ lab, state }, context)
  const started = await bootHosts({ lab, state, imageRoot: image.root }, context)
  const changed = image.built || bridged || removed.length > 0 || started.length > 0
  return { ...(await describeLab(lab, state)), changed, started, removed }
}
