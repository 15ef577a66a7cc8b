import type { FleetHost, HostDetails } from '../fleet-host.ts'
import { targetOf } from '../parse-target.ts'
import { hostFields, type HostFields } from './host-fields.ts'
import { inventoryError } from './inventory-error.ts'
import type { InventoryHost } from './inventory.ts'
import type { Variable } from './variable.ts'

type Variables = ReadonlyMap<string, Variable>

/** Who says what of a host; the first that says something is heard. */
const saidBy: { readonly [Field in Exclude<keyof HostFields, 'name'>]: readonly string[] } = {
  address: ['apoctl_address', 'ansible_ssh_host', 'ansible_host'],
  user: ['apoctl_user', 'ansible_ssh_user', 'ansible_user'],
  port: ['apoctl_port', 'ansible_ssh_port', 'ansible_port'],
  identity: ['apoctl_identity', 'ansible_ssh_private_key_file', 'ansible_private_key_file'],
  knownHosts: ['apoctl_known_hosts'],
  sudo: ['apoctl_sudo'],
  tags: ['apoctl_tags'],
  namespace: ['apoctl_namespace'],
  platform: ['apoctl_platform'],
}

/** Makes a host of what inventories say of it. Throws APO-INPUT-FILE with file, line and value. */
export function toFleetHost(host: InventoryHost, variables: Variables): FleetHost {
  const read = <Field extends keyof typeof saidBy>(field: Field): HostFields[Field] | undefined =>
    readField(field, variables)
  const become = read('sudo') ?? becomeOf(variables)
  const details: HostDetails = {
    name: checkedName(host),
    tags: read('tags') ?? [],
    ...said({ become, namespace: read('namespace'), platform: read('platform') }),
  }
  if (isLocal(variables)) return { type: 'local', ...details }
  const address = read('address')
  // A name may say more than a name: `root@web1`, where no address takes its place.
  const named = address === undefined ? targetOf(host.name) : undefined
  const { user, port } = { ...named, ...said({ user: read('user'), port: read('port') }) }
  return {
    ...{ type: 'ssh', ...details, address: address ?? named?.address ?? host.name },
    ...said({ user, port, identityFile: read('identity'), knownHostsFile: read('knownHosts') }),
  }
}

/** The address as it is written, for finding a host by it; its name when nothing else is said. */
export function writtenAddress(host: InventoryHost, variables: Variables): string {
  const variable = firstOf(saidBy.address, variables)?.variable
  return variable === undefined ? host.name : String(variable.value)
}

function checkedName({ name, place }: InventoryHost): string {
  if ('value' in hostFields.name(name)) return name
  throw inventoryError(place, [`${JSON.stringify(name)} cannot be the name of a host`])
}

function readField<Field extends keyof typeof saidBy>(
  field: Field,
  variables: Variables,
): HostFields[Field] | undefined {
  const found = firstOf(saidBy[field], variables)
  if (found === undefined) return undefined
  const value = plainValue(found)
  const read = hostFields[field](loosely(field, value))
  if ('value' in read) return read.value
  throw wrong(found, read.expected)
}

interface Named {
  readonly name: string
  readonly variable: Variable
}

function firstOf(names: readonly string[], variables: Variables): Named | undefined {
  for (const name of names) {
    const variable = variables.get(name)
    if (variable !== undefined && (variable.form === 'encrypted' || variable.value !== null))
      return { name, variable }
  }
  return undefined
}

/** Throws for what only Ansible could make a value of. */
function plainValue({ name, variable }: Named): unknown {
  const { value, place, form } = variable
  if (form === 'encrypted')
    throw inventoryError(place, [
      `"${name}" is encrypted with Ansible Vault, which apoctl does not open`,
      'Write it in plain, or leave the host out with --limit.',
    ])
  if (form !== 'literal' && typeof value === 'string' && /\{\{|\{%|\{#/.test(value))
    throw inventoryError(place, [
      `"${name}" is ${JSON.stringify(value)}, a template that only Ansible can fill in`,
      `Write the value itself, or an ${saidInPlaceOf(name)} beside it; or leave the host out with --limit.`,
    ])
  return value
}

function saidInPlaceOf(name: string): string {
  const own = Object.values(saidBy).find((names) => names.includes(name))?.[0] ?? 'apoctl_address'
  return own === name ? 'apoctl_ variable without one' : own
}

/** Ansible takes a number for a text and the other way round; tags fit into one word of an INI file. */
function loosely(field: keyof HostFields, value: unknown): unknown {
  if (field === 'port') return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (field === 'tags' && typeof value === 'string')
    return value
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '')
  return typeof value === 'number' ? String(value) : value
}

const methods = ['sudo', 'doas'] as const
const truths: Readonly<Record<string, boolean>> = {
  ...{ true: true, yes: true, y: true, on: true, t: true, '1': true },
  ...{ false: false, no: false, n: false, off: false, f: false, '0': false },
}

/** A method alone says how, should root be wanted; `ansible_become` alone means sudo. */
function becomeOf(variables: Variables): HostDetails['become'] {
  const asked = firstOf(['ansible_become'], variables)
  const wants = asked === undefined ? undefined : truths[String(plainValue(asked)).toLowerCase()]
  if (asked !== undefined && wants === undefined) throw wrong(asked, 'true or false')
  if (wants === false) return 'none'
  const how = firstOf(['ansible_become_method'], variables)
  if (how === undefined) return wants === true ? 'sudo' : undefined
  const word = String(plainValue(how)).replace(/^(ansible\.builtin|community\.general)\./, '')
  const method = methods.find((one) => one === word)
  if (method === undefined && wants === true) throw wrong(how, 'sudo or doas')
  return method
}

const remote = ['ssh', 'smart', 'paramiko', 'paramiko_ssh']

function isLocal(variables: Variables): boolean {
  const connection = firstOf(['ansible_connection'], variables)
  if (connection === undefined) return false
  const kind = String(plainValue(connection)).replace(/^ansible\.builtin\./, '')
  if (kind === 'local' || remote.includes(kind)) return kind === 'local'
  throw wrong(connection, 'ssh or local, which are the ways apoctl knows', 'Leave the host out with --limit.')
}

function wrong({ name, variable }: Named, ...[expected, hint]: readonly [string, string?]) {
  const message = `"${name}" is ${JSON.stringify(variable.value)}, but should be ${expected}`
  return inventoryError(variable.place, hint === undefined ? [message] : [message, hint])
}

/** Without what nobody said. */
function said<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> }
}
