import { nearestWords } from '../../errors/nearest-words.ts'
import { hostFields } from './host-fields.ts'
import { inventoryError, type Place } from './inventory-error.ts'

/** A value that an inventory gives a host or a group, and where it stands. */
export interface Variable {
  readonly value: unknown
  readonly place: Place
  /** Encrypted values cannot be read; literal ones hold no template, whatever they look like. */
  readonly form?: 'encrypted' | 'literal' | undefined
}

/** What Ansible's inventories say about the way to a host, as far as apoctl heeds it. */
export const heededVariables = [
  'ansible_host',
  'ansible_ssh_host',
  'ansible_port',
  'ansible_ssh_port',
  'ansible_user',
  'ansible_ssh_user',
  'ansible_private_key_file',
  'ansible_ssh_private_key_file',
  'ansible_connection',
  'ansible_become',
  'ansible_become_method',
] as const

/** They change the way to a host for Ansible, and not for apoctl: a person should know. */
export const unheededVariables = [
  'ansible_ssh_common_args',
  'ansible_ssh_extra_args',
  'ansible_password',
  'ansible_ssh_pass',
  'ansible_become_password',
  'ansible_become_pass',
] as const

/** How fields of our own are called in an Ansible inventory: `apoctl_namespace`, `apoctl_known_hosts`. */
export const ownPrefix = 'apoctl_'
export const ownVariables: ReadonlyMap<string, keyof typeof hostFields> = new Map(
  (Object.keys(hostFields) as (keyof typeof hostFields)[])
    .filter((field) => field !== 'name')
    .map((field) => [ownPrefix + field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), field]),
)

const kept = new Set<string>([...heededVariables, 'ansible_group_priority'])
const noticed = new Set<string>(unheededVariables)

/**
 * What to remember of a variable: nothing of those that are Ansible's business alone, and of passwords only
 * that they are there. Throws APO-INPUT-FILE for a name that looks like one of ours and is none.
 */
export function rememberedVariable(name: string, variable: Variable): Variable | undefined {
  if (kept.has(name)) return variable
  if (noticed.has(name)) return { value: true, place: variable.place }
  if (!name.startsWith(ownPrefix)) return undefined
  if (ownVariables.has(name)) return variable
  const names = [...ownVariables.keys()]
  const [meant] = nearestWords(name, names)
  throw inventoryError(variable.place, [
    `"${name}" is not a field of apoctl`,
    meant === undefined ? `The fields are: ${names.join(', ')}.` : `Did you mean "${meant}"?`,
  ])
}
