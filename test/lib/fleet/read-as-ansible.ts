/** Reads inventories as apoctl does, and shows them in the shape that `helpers/ansible.ts` gives. */
import { hostsOf } from '../../../src/lib/fleet/inventory/inventory.ts'
import { readInventories } from '../../../src/lib/fleet/inventory/read-inventories.ts'
import { runInventoryProgram } from '../../../src/lib/fleet/inventory/run-inventory-program.ts'
import { heededVariables } from '../../../src/lib/fleet/inventory/variable.ts'
import type { AnsibleInventory } from '../../helpers/ansible.ts'

export interface ReadAsAnsible extends AnsibleInventory {
  readonly warnings: readonly string[]
}

export async function readAsAnsible(sources: readonly string[], standardInput = ''): Promise<ReadAsAnsible> {
  const warnings: string[] = []
  const { inventory, variablesOf } = await readInventories(sources, {
    readStandardInput: () => Promise.resolve(standardInput),
    runProgram: (file) =>
      runInventoryProgram(file, {
        local: { environment: { PATH: '/usr/bin:/bin' } },
        signal: new AbortController().signal,
      }),
    warn: (text) => warnings.push(text),
    note: () => undefined,
  })
  const groups = [...inventory.groups.values()].map((group) => {
    // What stands in `all` itself is not listed there; it is in `ungrouped`.
    const hosts = group === inventory.all ? [] : [...group.hosts].map(({ name }) => name)
    return [
      group.name,
      { hosts: hosts.sort(), children: [...group.children].map(({ name }) => name).sort() },
    ] as const
  })
  const hostVariables: Record<string, Record<string, unknown>> = {}
  for (const host of hostsOf(inventory.all)) {
    const variables = await variablesOf(host)
    hostVariables[host.name] = Object.fromEntries(
      [...variables].filter(([name]) => isHeeded(name)).map(([name, { value }]) => [name, value]),
    )
  }
  return {
    warnings,
    hostVariables,
    groups: Object.fromEntries(
      groups.filter(([, { hosts, children }]) => hosts.length + children.length > 0),
    ),
  }
}

/** Of all the variables, those that apoctl uses. */
export function heeded(variables: AnsibleInventory['hostVariables']): AnsibleInventory['hostVariables'] {
  return Object.fromEntries(
    Object.entries(variables).map(([host, all]) => [
      host,
      Object.fromEntries(Object.entries(all).filter(([name]) => isHeeded(name))),
    ]),
  )
}

function isHeeded(name: string): boolean {
  return (heededVariables as readonly string[]).includes(name)
}
