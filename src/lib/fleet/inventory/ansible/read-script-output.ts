import type { Inventory, InventoryGroup } from '../inventory.ts'
import { inventoryError } from '../inventory-error.ts'
import type { Located, LocatedField } from '../located.ts'
import { toVariable } from '../to-variable.ts'
import { rememberedVariable } from '../variable.ts'

export interface ScriptOutputContext {
  readonly file: string
  readonly inventory: Inventory
}

/** Whether JSON is what inventory programs and `ansible-inventory --list` print: hosts in lists, variables in `_meta`. */
export function isScriptOutput(text: string, top: readonly LocatedField[]): boolean {
  if (!text.trimStart().startsWith('{')) return false
  return top.some(
    ({ name, content }) =>
      name === '_meta' ||
      content.items !== undefined ||
      (content.fields ?? []).some(
        (part) => (part.name === 'hosts' || part.name === 'children') && part.content.items !== undefined,
      ),
  )
}

/** A group with none of them is a host with variables, and a group of the same name. */
const sections = ['hosts', 'children', 'vars']

/** Adds what an inventory program printed. Throws APO-INPUT-FILE with file and line. */
export function readScriptOutput(top: readonly LocatedField[], context: ScriptOutputContext): void {
  const named = new Set<string>()
  for (const field of top) if (field.name !== '_meta') readGroup({ field, named }, context)
  const meta = top.find(({ name }) => name === '_meta')?.content.fields ?? []
  for (const host of meta.find(({ name }) => name === 'hostvars')?.content.fields ?? [])
    if (named.has(host.name)) setVariables(host.name, { fields: fieldsOf(host, context), context })
}

function readGroup(
  one: { readonly field: LocatedField; readonly named: Set<string> },
  context: ScriptOutputContext,
): void {
  const { field, named } = one
  const group = context.inventory.addGroup(field.name)
  const parts = field.content.fields
  const part = (name: string): LocatedField | undefined => parts?.find((entry) => entry.name === name)
  const isShort = parts !== undefined && !parts.some(({ name }) => sections.includes(name))
  const hosts = parts === undefined ? field : part('hosts')
  for (const { name, line } of isShort ? [field] : namesIn(hosts, context)) {
    named.add(name)
    context.inventory.addHost({ name, group, place: { file: context.file, line } })
  }
  const variables = isShort ? field : part('vars')
  if (variables !== undefined) setVariables(group.name, { fields: fieldsOf(variables, context), context })
  for (const { name, line } of namesIn(part('children'), context)) addChild({ group, name, line }, context)
}

function addChild(
  wanted: { readonly group: InventoryGroup; readonly name: string; readonly line: number },
  { inventory, file }: ScriptOutputContext,
): void {
  const { group: parent, name, line } = wanted
  inventory.addChild({ parent, child: inventory.addGroup(name) }, { file, line })
}

/** The names in a list. */
function namesIn(
  field: LocatedField | undefined,
  { file }: ScriptOutputContext,
): { readonly name: string; readonly line: number }[] {
  if (field === undefined) return []
  const { content } = field
  if (content.items === undefined)
    throw inventoryError({ file, line: field.line }, [`"${field.name}" must be a list of names`])
  return content.items.map((item: Located) => {
    const { value, line } = item
    if (typeof value === 'string' && value !== '') return { name: value, line }
    throw inventoryError({ file, line }, [`${JSON.stringify(value)} is not a name`])
  })
}

function fieldsOf(field: LocatedField, { file }: ScriptOutputContext): readonly LocatedField[] {
  const { fields } = field.content
  if (fields !== undefined) return fields
  throw inventoryError({ file, line: field.line }, [`"${field.name}" must be a mapping`])
}

function setVariables(
  owner: string,
  given: { readonly fields: readonly LocatedField[]; readonly context: ScriptOutputContext },
): void {
  const { file, inventory } = given.context
  for (const field of given.fields) {
    const variable = rememberedVariable(field.name, toVariable(field, file))
    if (variable !== undefined) inventory.setVariable(owner, { name: field.name, variable })
  }
}
