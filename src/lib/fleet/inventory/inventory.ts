import { inventoryError, type Place } from './inventory-error.ts'
import type { Variable } from './variable.ts'

/** A group of an inventory: hosts, groups below it, and variables for all of them. */
export interface InventoryGroup {
  readonly name: string
  /** The hosts that stand in the group itself, in the order they were named. */
  readonly hosts: Set<InventoryHost>
  readonly children: Set<InventoryGroup>
  readonly parents: Set<InventoryGroup>
  readonly variables: Map<string, Variable>
  /** `ansible_group_priority`: later among groups of the same depth wins. */
  priority: number
}

export interface InventoryHost {
  readonly name: string
  /** Where it was named first. */
  readonly place: Place
  readonly variables: Map<string, Variable>
  /** The groups it stands in itself. */
  readonly groups: Set<InventoryGroup>
}

/** A host as a source names it. */
export interface NamedHost {
  readonly name: string
  readonly place: Place
  readonly group?: InventoryGroup | undefined
  /** Of `web1:2222`; counts for a host that is new only, as Ansible has it. */
  readonly port?: number | undefined
}

/** Everything that inventories say, as Ansible puts it together: what is named twice is one, and later values win. */
export class Inventory {
  readonly groups = new Map<string, InventoryGroup>()
  readonly hosts = new Map<string, InventoryHost>()
  readonly all: InventoryGroup
  readonly ungrouped: InventoryGroup

  constructor() {
    this.all = this.addGroup('all')
    this.ungrouped = this.addGroup('ungrouped')
    link(this.all, this.ungrouped)
  }

  addGroup(name: string): InventoryGroup {
    const known = this.groups.get(name)
    if (known !== undefined) return known
    const group = {
      name,
      hosts: new Set<InventoryHost>(),
      children: new Set<InventoryGroup>(),
      parents: new Set<InventoryGroup>(),
      variables: new Map<string, Variable>(),
      priority: 1,
    }
    this.groups.set(name, group)
    return group
  }

  addHost(named: NamedHost): InventoryHost {
    const { name, place, group, port } = named
    const host = this.hosts.get(name) ?? { name, place, variables: new Map(), groups: new Set() }
    if (!this.hosts.has(name)) {
      this.hosts.set(name, host)
      if (port !== undefined) host.variables.set('ansible_port', { value: port, place })
    }
    if (group !== undefined) join(host, group)
    return host
  }

  /** Throws APO-INPUT-FILE when a group would stand below itself. */
  addChild(family: { readonly parent: InventoryGroup; readonly child: InventoryGroup }, place: Place): void {
    const { parent, child } = family
    if (child === this.all || parent === child || ancestorsOf([parent]).has(child))
      throw inventoryError(place, [`the group "${child.name}" would stand below itself`])
    link(parent, child)
  }

  /** A name that is both is the group's, as Ansible has it. */
  setVariable(owner: string, named: { readonly name: string; readonly variable: Variable }): void {
    const { name, variable } = named
    const group = this.groups.get(owner)
    if (name !== 'ansible_group_priority' || group === undefined) {
      const { variables } = group ?? this.hosts.get(owner) ?? missing(owner)
      variables.set(name, variable)
      return
    }
    const priority = Number(variable.value)
    if (!Number.isInteger(priority))
      throw inventoryError(variable.place, [`ansible_group_priority is ${JSON.stringify(variable.value)}`])
    group.priority = priority
  }

  /** Once every source was read: what stands in no group is ungrouped, and every group is below `all`. */
  settle(): void {
    for (const group of this.groups.values())
      if (group !== this.all && group.parents.size === 0) link(this.all, group)
    for (const host of this.hosts.values()) {
      const others = [...host.groups].filter((group) => group !== this.all && group !== this.ungrouped)
      if (others.length === 0) join(host, this.ungrouped)
      else if (host.groups.delete(this.ungrouped)) this.ungrouped.hosts.delete(host)
    }
  }
}

/** These groups and all above them. */
export function ancestorsOf(groups: Iterable<InventoryGroup>): Set<InventoryGroup> {
  const found = new Set(groups)
  // A set hands out what is added while it is walked.
  for (const group of found) for (const parent of group.parents) found.add(parent)
  return found
}

/** The hosts of a group and of all below it: nearer groups first, each host once. */
export function hostsOf(group: InventoryGroup): InventoryHost[] {
  const below = new Set([group])
  for (const one of below) for (const child of one.children) below.add(child)
  return [...new Set([...below].flatMap(({ hosts }) => [...hosts]))]
}

function link(parent: InventoryGroup, child: InventoryGroup): void {
  parent.children.add(child)
  child.parents.add(parent)
}

function join(host: InventoryHost, group: InventoryGroup): void {
  group.hosts.add(host)
  host.groups.add(group)
}

function missing(owner: string): never {
  throw new Error(`the inventory has neither a group nor a host ${owner}`)
}
