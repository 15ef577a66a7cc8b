import { nearestWords } from '../../errors/nearest-words.ts'
import type { RemoteHost } from '../fleet-host.ts'
import { targetForm, targetOf } from '../parse-target.ts'
import { hostFields, type HostFields } from './host-fields.ts'
import { inventoryError } from './inventory-error.ts'
import type { ListedHost } from './listed-host.ts'
import { parseLocated, type Located, type LocatedField } from './located.ts'

/**
 * Reads an inventory in YAML or JSON: a list of hosts, or a mapping with `hosts` and `defaults`. A host
 * is a target as for --host, or a mapping of the fields in host-fields.ts.
 */
export async function readStructured(text: string, file: string): Promise<ListedHost[]> {
  const top = await parseLocated(text, file)
  if (top.items !== undefined) return hostList(top.items, { file, defaults: {} })
  if (top.fields === undefined)
    throw inventoryError({ file, line: top.line }, ['the inventory is neither a list of hosts nor a mapping'])
  const known = { hosts: undefined, defaults: undefined }
  for (const field of top.fields) refuseUnknown(field, { file, known })
  const part = (name: string) => top.fields?.find((field) => field.name === name)?.content
  const hosts = part('hosts')
  if (hosts?.items === undefined)
    throw inventoryError({ file, line: hosts?.line ?? top.line }, [
      '"hosts" must be there and be a list of hosts',
    ])
  const defaults = part('defaults')
  return hostList(hosts.items, { file, defaults: defaults === undefined ? {} : readFields(defaults, file) })
}

interface Reading {
  readonly file: string
  readonly defaults: Partial<HostFields>
}

function hostList(items: readonly Located[], reading: Reading): ListedHost[] {
  return items.map((item) => ({ host: readHost(item, reading), line: item.line }))
}

function readHost(item: Located, reading: Reading): RemoteHost {
  const { file, defaults } = reading
  if (item.fields === undefined) {
    const target = typeof item.value === 'string' ? targetOf(item.value) : undefined
    if (target !== undefined) return { ...detailsOf(defaults), ...target, tags: defaults.tags ?? [] }
    throw inventoryError({ file, line: item.line }, [
      `${JSON.stringify(item.value)} is not a host`,
      targetForm,
    ])
  }
  const own = readFields(item, file)
  const { name, address = name } = own
  if (address === undefined)
    throw inventoryError({ file, line: item.line }, ['a host needs a name or an address'])
  const details = detailsOf({ ...defaults, ...own })
  return {
    type: 'ssh',
    name: name ?? address,
    address,
    ...details,
    tags: [...(defaults.tags ?? []), ...(own.tags ?? [])],
  }
}

/** The fields that have the same name on both sides, and the two that have not. */
function detailsOf(fields: Partial<HostFields>): Omit<RemoteHost, 'type' | 'name' | 'address' | 'tags'> {
  const { user, port, identity, knownHosts, sudo, namespace, platform } = fields
  const given = {
    user,
    port,
    identityFile: identity,
    knownHostsFile: knownHosts,
    become: sudo,
    namespace,
    platform,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function readFields(item: Located, file: string): Partial<HostFields> {
  if (item.fields === undefined)
    throw inventoryError({ file, line: item.line }, [
      `${JSON.stringify(item.value)} is not a mapping of fields`,
    ])
  return Object.fromEntries(item.fields.map((field) => [field.name, readField(field, file)]))
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
