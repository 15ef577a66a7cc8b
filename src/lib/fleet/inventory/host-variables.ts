import { ancestorsOf, type Inventory, type InventoryGroup, type InventoryHost } from './inventory.ts'
import type { Variable } from './variable.ts'
import type { VariableFiles } from './variable-files.ts'

type Variables = ReadonlyMap<string, Variable>

/**
 * Gives the variables that are in force for a host, in Ansible's order: `all`, the other groups from the
 * outermost inwards, the same again from files beside the inventory, the host, its file. The later wins.
 */
export function variablesOf(
  inventory: Inventory,
  files: VariableFiles,
): (host: InventoryHost) => Promise<Variables> {
  const depthOf = depths()
  const memory = new Map<string, Promise<Variables>>()
  const ofGroups = (host: InventoryHost): Promise<Variables> => {
    const groups = [...ancestorsOf(host.groups)].filter((group) => group !== inventory.all)
    groups.sort((a, b) => depthOf(a) - depthOf(b) || a.priority - b.priority || byCodePoint(a.name, b.name))
    const key = JSON.stringify(groups.map(({ name }) => name))
    const known = memory.get(key) ?? groupVariables(groups, { inventory, files })
    memory.set(key, known)
    return known
  }
  return async (host) => {
    const inherited = await ofGroups(host)
    const filed = await files.read('host_vars', [host.name])
    return new Map([...inherited, ...host.variables, ...filed])
  }
}

async function groupVariables(
  groups: readonly InventoryGroup[],
  from: { readonly inventory: Inventory; readonly files: VariableFiles },
): Promise<Variables> {
  const { inventory, files } = from
  const names = groups.map(({ name }) => name)
  return new Map([
    ...inventory.all.variables,
    ...groups.flatMap(({ variables }) => [...variables]),
    ...(await files.read('group_vars', ['all'])),
    ...(await files.read('group_vars', names)),
  ])
}

/** How far below `all` a group is, by the longest way. */
function depths(): (group: InventoryGroup) => number {
  const known = new Map<InventoryGroup, number>()
  const depthOf = (group: InventoryGroup): number => {
    const depth = known.get(group) ?? Math.max(-1, ...[...group.parents].map(depthOf)) + 1
    known.set(group, depth)
    return depth
  }
  return depthOf
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
