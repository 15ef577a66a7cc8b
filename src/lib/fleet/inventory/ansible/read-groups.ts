import { nearestWords } from '../../../errors/nearest-words.ts'
import type { Inventory, InventoryGroup } from '../inventory.ts'
import { inventoryError } from '../inventory-error.ts'
import type { Located, LocatedField } from '../located.ts'
import { toVariable } from '../to-variable.ts'
import { rememberedVariable } from '../variable.ts'
import { expandHosts } from './host-pattern.ts'

export interface GroupsContext {
  readonly file: string
  readonly inventory: Inventory
  /** Hears of what Ansible passes over, and a person may have meant. */
  readonly warn: (text: string) => void
}

interface Reading extends GroupsContext {
  visits: number
}

/** A file that mentions groups so often has been made to. */
const mostVisits = 100_000
const sections = ['hosts', 'children', 'vars'] as const

/** Adds what an inventory in Ansible's YAML form says: groups by name. Throws APO-INPUT-FILE with file and line. */
export function readGroups(top: readonly LocatedField[], context: GroupsContext): void {
  const reading = { ...context, visits: 0 }
  for (const field of top) readGroup({ field }, reading)
}

interface NestedGroup {
  readonly field: LocatedField
  readonly parent?: InventoryGroup
}

function readGroup({ field, parent }: NestedGroup, reading: Reading): void {
  const { name, content, line } = field
  const { file, inventory, warn } = reading
  const place = { file, line }
  checkName(field, reading)
  const { fields } = content
  const isGroup = fields !== undefined || content.value === null
  if (!isGroup)
    warn(`${file}:${line}: "${name}" was passed over: a group is a mapping with hosts, children and vars`)
  const group = isGroup ? inventory.addGroup(name) : inventory.groups.get(name)
  // Before what stands in it is read: a group below itself would be read for ever.
  if (parent !== undefined) inventory.addChild({ parent, child: group ?? inventory.addGroup(name) }, place)
  if (group === undefined) return
  for (const section of fields ?? []) readSection({ group, section }, reading)
}

function checkName({ name, nameIsText, line }: LocatedField, reading: Reading): void {
  const place = { file: reading.file, line }
  reading.visits += 1
  if (reading.visits > mostVisits) throw inventoryError(place, ['the groups refer to each other without end'])
  if (!nameIsText || name === '')
    throw inventoryError(place, [
      `${JSON.stringify(name)} cannot be the name of a group`,
      'Put it in quotes.',
    ])
}

function readSection(
  part: { readonly group: InventoryGroup; readonly section: LocatedField },
  reading: Reading,
): void {
  const { group, section } = part
  const kind = sections.find((word) => word === section.name)
  if (kind === undefined) {
    const [meant] = nearestWords(section.name, sections)
    const hint = meant === undefined ? 'groups have hosts, children and vars' : `did you mean "${meant}"?`
    reading.warn(`${reading.file}:${section.line}: "${section.name}" was passed over: ${hint}`)
    return
  }
  for (const entry of entriesOf(section, reading)) {
    if (kind === 'hosts') readHosts({ group, entry }, reading)
    else if (kind === 'children') readGroup({ field: entry, parent: group }, reading)
    else setVariables(group.name, { fields: [entry], reading })
  }
}

/** A single name may stand for a mapping. */
function entriesOf(section: LocatedField, { file }: Reading): readonly LocatedField[] {
  const { content, line, name } = section
  if (content.fields !== undefined) return content.fields
  const { value } = content
  if (value === null) return []
  if (typeof value === 'string')
    return [{ name: value, nameIsText: true, line: content.line, content: { ...noContent, line } }]
  throw inventoryError({ file, line }, [
    `"${name}" is ${JSON.stringify(value)}, but should be a mapping`,
    'Write every name on a line of its own, with a colon after it.',
  ])
}

const noContent: Omit<Located, 'line'> = { value: null, tag: undefined, items: undefined, fields: undefined }

interface Entry {
  readonly group: InventoryGroup
  readonly entry: LocatedField
}

function readHosts({ group, entry }: Entry, reading: Reading): void {
  const { file, inventory } = reading
  const place = { file, line: entry.line }
  if (!entry.nameIsText)
    throw inventoryError(place, [`${entry.name} cannot be the name of a host`, 'Put it in quotes.'])
  const hosts = expandHosts(entry.name)
  if ('problem' in hosts) throw inventoryError(place, [hosts.problem])
  const { fields } = entry.content
  if (fields === undefined && Boolean(entry.content.value))
    throw inventoryError(place, [`the variables of ${entry.name} must be a mapping`])
  for (const name of hosts.names) {
    inventory.addHost({ name, place, group, port: hosts.port })
    setVariables(name, { fields: fields ?? [], reading })
  }
}

function setVariables(
  owner: string,
  given: { readonly fields: readonly LocatedField[]; readonly reading: GroupsContext },
): void {
  const { file, inventory } = given.reading
  for (const field of given.fields) {
    const variable = rememberedVariable(field.name, toVariable(field, file))
    if (variable !== undefined) inventory.setVariable(owner, { name: field.name, variable })
  }
}
