import { ApoctlError } from '../../errors/apoctl-error.ts'
import { readGroups } from './ansible/read-groups.ts'
import { readIni } from './ansible/read-ini.ts'
import { isScriptOutput, readScriptOutput } from './ansible/read-script-output.ts'
import type { HostFields } from './host-fields.ts'
import { inventoryError } from './inventory-error.ts'
import type { Inventory } from './inventory.ts'
import type { ListedHost } from './listed-host.ts'
import { parseLocated, type LocatedField } from './located.ts'
import { readList } from './read-list.ts'
import { readStructured } from './read-structured.ts'
import { ownVariables } from './variable.ts'

export interface InventoryText {
  readonly text: string
  readonly file: string
}

interface Reading {
  readonly inventory: Inventory
  readonly warn: (text: string) => void
}

/** Adds what a text says; its form is told by the name of the file, and then by what stands in it. */
export async function readText(source: InventoryText, reading: Reading): Promise<void> {
  const { text, file } = source
  if (text.startsWith('$ANSIBLE_VAULT;'))
    throw new ApoctlError(['APO-INPUT-FILE', `${file} is encrypted with Ansible Vault`], {
      hints: [`Decrypt it on the way: ansible-vault view ${file} | apoctl … --inventory -`],
    })
  if (isStructured(source)) await readYaml(source, reading)
  else if (isIni(source)) readIni(source, reading.inventory)
  else addListed(readList(text, file), { file, ...reading })
}

function isStructured({ text, file }: InventoryText): boolean {
  if (/\.(ya?ml|json)$/i.test(file)) return true
  if (/\.(ini|cfg)$/i.test(file)) return false
  const first = significantLines(text)[0] ?? ''
  return /^(\{|\[\s*["{\]]|---|- |"?[\w.-]+"?\s*:\s*($|#|[[{&]))/.test(first)
}

/** Sections, variables and ranges are Ansible's. */
function isIni({ text, file }: InventoryText): boolean {
  if (/\.(ini|cfg)$/i.test(file)) return true
  return significantLines(text).some((line) =>
    /^\[[^\]:\s]+(:\w+)?\](\s|$)|\s\S+=|\[\w*:\w+(:\d+)?\]/.test(line),
  )
}

function significantLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[#;]/.test(line))
}

async function readYaml({ text, file }: InventoryText, reading: Reading): Promise<void> {
  const top = await parseLocated(text, { file, dialect: 'ansible' })
  const { fields } = top
  if (fields === undefined || isOurs(fields)) {
    const strict = await parseLocated(text, { file, dialect: 'strict' })
    addListed(readStructured(strict, file), { file, ...reading })
    return
  }
  const plugin = fields.find(({ name }) => name === 'plugin')
  if (plugin !== undefined)
    throw inventoryError({ file, line: plugin.line }, [
      `is the configuration of Ansible's plugin ${String(plugin.content.value)}, which is Ansible's to run`,
      `Let it: ansible-inventory -i ${file} --list | apoctl … --inventory -`,
    ])
  if (isScriptOutput(text, fields)) readScriptOutput(fields, { file, ...reading })
  else readGroups(fields, { file, ...reading })
}

/** `hosts` with a list, or `defaults`: Ansible has no groups that look like this. */
function isOurs(top: readonly LocatedField[]): boolean {
  const parts = ['hosts', 'children', 'vars']
  return top.some(
    ({ name, content }) =>
      name === 'defaults' ||
      (name === 'hosts' && !(content.fields ?? []).some((field) => parts.includes(field.name))),
  )
}

function addListed(listed: readonly ListedHost[], where: Reading & { readonly file: string }): void {
  const { file, inventory } = where
  refuseDuplicates(listed, file)
  for (const { name, fields, line } of listed) {
    const place = { file, line }
    inventory.addHost({ name, place, group: inventory.ungrouped })
    for (const [variable, field] of ownVariables) {
      const value: HostFields[keyof HostFields] | undefined = fields[field]
      if (value !== undefined)
        inventory.setVariable(name, { name: variable, variable: { value, place, form: 'literal' } })
    }
  }
}

/** Within one file of our own somebody has made a mistake; two names for one machine are looked for later. */
function refuseDuplicates(listed: readonly ListedHost[], file: string): void {
  const seen = new Map<string, ListedHost>()
  for (const entry of listed) {
    const first = seen.get(entry.name)
    if (first !== undefined)
      throw inventoryError({ file, line: entry.line }, [
        `${entry.name} is the same host as ${first.name} in line ${first.line}`,
        'Name every host once.',
      ])
    seen.set(entry.name, entry)
  }
}
