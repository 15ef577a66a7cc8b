import { sleep } from '../../async/sleep.ts'
import type { LabContext } from '../lab-context.ts'
import type { LabLayout } from '../lab-layout.ts'
import { askIp } from './ip-tool.ts'

const vanishTimeoutMs = 5000
const pollMs = 50

/** The lab's ports on its bridge, by name; each is one end of a host's network card. */
export async function portsOf(lab: LabLayout, context: LabContext): Promise<string[]> {
  const links = await askIp<{ readonly ifname: string }>(['link', 'show'], context)
  return links.map(({ ifname }) => ifname).filter((name) => name.startsWith(`apolab${lab.id}h`))
}

/**
 * Removes ports whose hosts have ended. The kernel does so as well, but only after a while, and a
 * host that is made again at once must find the name free.
 */
export async function removePorts(names: readonly string[], context: LabContext): Promise<void> {
  for (const name of names) {
    // It may go by itself at this very moment; what counts is that it is gone.
    await context.machine.run(['ip', 'link', 'delete', name], {
      signal: context.signal,
      timeoutMs: vanishTimeoutMs,
    })
  }
}

/** Waits until no port of the lab is left; false when one stays. */
export async function portsVanish(lab: LabLayout, context: LabContext): Promise<boolean> {
  const deadline = performance.now() + vanishTimeoutMs
  while ((await portsOf(lab, context)).length > 0) {
    if (performance.now() > deadline) return false
    await sleep(pollMs, { signal: context.signal })
  }
  return true
}
