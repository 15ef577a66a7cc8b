import type { Inventory, InventoryGroup } from '../inventory.ts'
import { inventoryError, type Place } from '../inventory-error.ts'
import { rememberedVariable } from '../variable.ts'
import { expandHosts } from './host-pattern.ts'
import { pythonLiteral } from './python-literal.ts'
import { splitWords } from './split-words.ts'

/** A text and the file it is from. */
export interface Source {
  readonly text: string
  readonly file: string
}

type Section = 'hosts' | 'children' | 'vars'

interface Reading {
  readonly inventory: Inventory
  /** Groups that were used, and not declared so far: `[name]` or `[name:children]` may still come. */
  readonly undeclared: Map<string, { readonly place: Place; readonly section: 'children' | 'vars' }>
  /** Who wants an undeclared group as a child. */
  readonly wanted: Map<string, InventoryGroup[]>
}

const header = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/
const groupName = /^([^:\]\s]+)\s*(?:#.*)?$/

/** Adds what an inventory in Ansible's INI form says. Throws APO-INPUT-FILE with file and line. */
export function readIni(source: Source, inventory: Inventory): void {
  const reading: Reading = { inventory, undeclared: new Map(), wanted: new Map() }
  let group = inventory.ungrouped
  let section: Section = 'hosts'
  for (const [index, raw] of source.text.split(/\r\n|[\n\r]/).entries()) {
    const line = raw.trim()
    const place = { file: source.file, line: index + 1 }
    if (line === '' || /^[;#]/.test(line)) continue
    const match = header.exec(line)
    if (match !== null) {
      section = sectionOf(match, place)
      group = openSection({ name: match[1] ?? '', section, place }, reading)
    } else if (line.startsWith('[') && line.endsWith(']'))
      throw inventoryError(place, [
        `"${line}" is not a section`,
        'Write it as [group], [group:vars] or [group:children].',
      ])
    else readLine({ line, place, group, section }, reading)
  }
  for (const [name, { place, section: used }] of reading.undeclared)
    throw inventoryError(place, [
      used === 'vars'
        ? `[${name}:vars] is for a group that is nowhere declared`
        : `the group "${name}" is nowhere declared`,
      `Declare it with [${name}] or [${name}:children].`,
    ])
}

function sectionOf(match: RegExpExecArray, place: Place): Section {
  const word = match[2] ?? 'hosts'
  if (word === 'hosts' || word === 'children' || word === 'vars') return word
  throw inventoryError(place, [
    `"${match[1] ?? ''}:${word}" is not a section`,
    'Sections end in :vars, :children or nothing.',
  ])
}

function openSection(
  opened: { readonly name: string; readonly section: Section; readonly place: Place },
  reading: Reading,
): InventoryGroup {
  const { name, section, place } = opened
  const { inventory, undeclared, wanted } = reading
  const isNew = !inventory.groups.has(name)
  const group = inventory.addGroup(name)
  if (section === 'vars') {
    if (isNew && !undeclared.has(name)) undeclared.set(name, { place, section })
    return group
  }
  undeclared.delete(name)
  for (const parent of wanted.get(name) ?? []) inventory.addChild({ parent, child: group }, place)
  wanted.delete(name)
  return group
}

interface Line {
  readonly line: string
  readonly place: Place
  readonly group: InventoryGroup
  readonly section: Section
}

function readLine(one: Line, reading: Reading): void {
  switch (one.section) {
    case 'hosts':
      readHosts(one, reading.inventory)
      return
    case 'vars':
      readVariable(one, reading.inventory)
      return
    case 'children':
      readChild(one, reading)
      return
  }
}

function readHosts({ line, place, group }: Line, inventory: Inventory): void {
  const split = splitWords(line)
  if ('problem' in split) throw inventoryError(place, [`"${line}" has ${split.problem}`, 'Close the quotes.'])
  const [pattern = '', ...assignments] = split.words
  const hosts = expandHosts(pattern)
  if ('problem' in hosts) throw inventoryError(place, [hosts.problem])
  const variables = assignments.flatMap((word) => {
    const equals = word.indexOf('=')
    if (equals === -1)
      throw inventoryError(place, [
        `"${word}" is not a variable`,
        'Write it as name=value; put values with spaces in quotes.',
      ])
    return assigned([word.slice(0, equals), word.slice(equals + 1)], place)
  })
  for (const name of hosts.names) {
    inventory.addHost({ name, place, group, port: hosts.port })
    for (const variable of variables) inventory.setVariable(name, variable)
  }
}

function readVariable({ line, place, group }: Line, inventory: Inventory): void {
  const equals = line.indexOf('=')
  if (equals === -1) throw inventoryError(place, [`"${line}" is not a variable`, 'Write it as name=value.'])
  const words = [line.slice(0, equals).trim(), line.slice(equals + 1).trim()] as const
  for (const variable of assigned(words, place)) inventory.setVariable(group.name, variable)
}

/** Empty for a variable that is none of our business. */
function assigned([name, text]: readonly [string, string], place: Place) {
  const literal = pythonLiteral(text)
  const variable = rememberedVariable(name, { value: literal === undefined ? text : literal.value, place })
  return variable === undefined ? [] : [{ name, variable }]
}

function readChild({ line, place, group }: Line, { inventory, undeclared, wanted }: Reading): void {
  const name = groupName.exec(line)?.[1]
  if (name === undefined) throw inventoryError(place, [`"${line}" is not the name of a group`])
  const child = inventory.groups.get(name)
  if (child !== undefined && !(undeclared.get(name)?.section === 'children')) {
    inventory.addChild({ parent: group, child }, place)
    return
  }
  if (!undeclared.has(name)) undeclared.set(name, { place, section: 'children' })
  wanted.set(name, [...(wanted.get(name) ?? []), group])
}
