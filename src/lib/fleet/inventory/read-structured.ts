import { nearestWords } from '../../errors/nearest-words.ts'
import { targetForm, targetOf } from '../parse-target.ts'
import { hostFields, type HostFields } from './host-fields.ts'
import { inventoryError } from './inventory-error.ts'
import { listedTarget, type ListedHost } from './listed-host.ts'
import type { Located, LocatedField } from './located.ts'

/**
 * Reads an inventory of our own in YAML or JSON: a list of hosts, or a mapping with `hosts` and `defaults`. A
 * host is a target as for --host, or a mapping of the fields in host-fields.ts.
 */
export function readStructured(top: Located, file: string): ListedHost[] {
  const { items, fields } = top
  if (items !== undefined) return hostList(items, { file, defaults: {} })
  if (fields === undefined)
    throw inventoryError({ file, line: top.line }, ['the inventory is neither a list of hosts nor a mapping'])
  const known = { hosts: undefined, defaults: undefined }
  for (const field of fields) refuseUnknown(field, { file, known })
  const part = (name: string) => fields.find((field) => field.name === name)?.content
  const hosts = part('hosts')
  const listed = hosts?.items
  if (listed === undefined)
    throw inventoryError({ file, line: hosts?.line ?? top.line }, [
      '"hosts" must be there and be a list of hosts',
    ])
  const defaults = part('defaults')
  return hostList(listed, { file, defaults: defaults === undefined ? {} : readFields(defaults, file) })
}

interface Reading {
  readonly file: string
  readonly defaults: Partial<HostFields>
}

function hostList(items: readonly Located[], reading: Reading): ListedHost[] {
  return items.map((item) => readHost(item, reading))
}

function readHost(item: Located, reading: Reading): ListedHost {
  const { file, defaults } = reading
  const { line } = item
  if (item.fields === undefined) {
    const target = typeof item.value === 'string' ? targetOf(item.value) : undefined
    if (target === undefined)
      throw inventoryError({ file, line }, [`${JSON.stringify(item.value)} is not a host`, targetForm])
    const { name, fields } = listedTarget(target)
    return { name, fields: { ...defaults, ...fields }, line }
  }
  const own = readFields(item, file)
  const { address, name = address } = own
  if (name === undefined) throw inventoryError({ file, line }, ['a host needs a name or an address'])
  const tags = [...(defaults.tags ?? []), ...(own.tags ?? [])]
  return { name, fields: { ...defaults, ...own, ...(tags.length === 0 ? {} : { tags }) }, line }
}

function readFields(item: Located, file: string): Partial<HostFields> {
  const { fields } = item
  if (fields === undefined)
    throw inventoryError({ file, line: item.line }, [
      `${JSON.stringify(item.value)} is not a mapping of fields`,
    ])
  return Object.fromEntries(fields.map((field) => [field.name, readField(field, file)]))
}

function readField(field: LocatedField, file: string): unknown {
  refuseUnknown(field, { file, known: hostFields })
  const read = hostFields[field.name as keyof HostFields](field.content.value)
  if ('value' in read) return read.value
  const value = JSON.stringify(field.content.value)
  throw inventoryError({ file, line: field.content.line }, [
    `"${field.name}" is ${value}, but should be ${read.expected}`,
  ])
}

function refuseUnknown(field: LocatedField, where: { readonly file: string; readonly known: object }): void {
  const names = Object.keys(where.known)
  if (names.includes(field.name)) return
  const [meant] = nearestWords(field.name, names)
  const hint = meant === undefined ? `The fields are: ${names.join(', ')}.` : `Did you mean "${meant}"?`
  throw inventoryError({ file: where.file, line: field.line }, [`"${field.name}" is not a field`, hint])
}
