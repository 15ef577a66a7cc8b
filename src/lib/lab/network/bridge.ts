import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { LabContext } from '../lab-context.ts'
import { gatewayOf, type LabLayout } from '../lab-layout.ts'
import { formatSubnet, overlaps, parseSubnet, type Subnet } from '../subnet.ts'
import { askIp, changeLinks } from './ip-tool.ts'

interface Link {
  readonly ifname: string
  readonly ifalias?: string
}
interface Route {
  readonly dst: string
  readonly dev?: string
}

export interface BridgeOptions {
  readonly lab: LabLayout
  readonly subnet: Subnet
}

/**
 * Makes the lab's bridge with the machine's address on it; true when it had to. The alias says whose
 * it is. Throws APO-LAB-NETWORK when the name or the subnet belongs to something else.
 */
export async function ensureBridge(options: BridgeOptions, context: LabContext): Promise<boolean> {
  const { lab, subnet } = options
  if (await ownsBridge(lab, context)) return false
  await refuseTakenSubnet(options, context)
  const gateway = `${gatewayOf(subnet)}/${subnet.prefix}`
  await changeLinks(
    [
      `link add ${lab.bridge} type bridge`,
      `link set ${lab.bridge} alias ${aliasOf(lab)}`,
      `address add ${gateway} dev ${lab.bridge}`,
      `link set ${lab.bridge} up`,
    ],
    context,
  )
  return true
}

/** Removes the lab's bridge; true when there was one. Ports of hosts that are gone vanish with their hosts. */
export async function removeBridge(lab: LabLayout, context: LabContext): Promise<boolean> {
  if (!(await ownsBridge(lab, context))) return false
  await changeLinks([`link delete ${lab.bridge}`], context)
  return true
}

/** Whether the bridge is there and ours. Throws APO-LAB-NETWORK when something else has its name. */
export async function ownsBridge(lab: LabLayout, context: LabContext): Promise<boolean> {
  const links = await askIp<Link>(['link', 'show'], context)
  const taken = links.find(({ ifname }) => ifname === lab.bridge)
  if (taken === undefined) return false
  // A run that was killed between the two steps leaves a bridge without an alias; the name, made
  // from a hash of the lab's directory, is proof enough then.
  if (taken.ifalias === undefined || taken.ifalias === aliasOf(lab)) return true
  throw new ApoctlError(['APO-LAB-NETWORK', `the interface ${lab.bridge} belongs to ${taken.ifalias}`], {
    hints: ['Give the lab another --name, or remove that interface.'],
  })
}

async function refuseTakenSubnet(options: BridgeOptions, context: LabContext): Promise<void> {
  const routes = await askIp<Route>(['-4', 'route', 'show', 'table', 'all'], context)
  const conflict = routes.find(
    (route) => route.dev !== options.lab.bridge && collides(route.dst, options.subnet),
  )
  if (conflict === undefined) return
  const where = conflict.dev === undefined ? '' : ` on ${conflict.dev}`
  throw new ApoctlError([
    'APO-LAB-NETWORK',
    `${formatSubnet(options.subnet)} overlaps the route to ${conflict.dst}${where}`,
  ])
}

/** Whether a route's destination is inside our subnet or around it; the default route is around everything. */
function collides(destination: string, subnet: Subnet): boolean {
  if (!/^[\d.]+(?:\/\d+)?$/.test(destination)) return false
  const route = parseSubnet(destination.includes('/') ? destination : `${destination}/32`)
  return route.prefix > 0 && overlaps(route, subnet)
}

function aliasOf(lab: LabLayout): string {
  return `apoctl-lab:${lab.name}:${lab.id}`
}
