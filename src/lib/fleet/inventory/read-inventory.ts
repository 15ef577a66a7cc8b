import { readFile } from 'node:fs/promises'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { RemoteHost } from '../fleet-host.ts'
import { inventoryError } from './inventory-error.ts'
import type { ListedHost } from './listed-host.ts'
import { readList } from './read-list.ts'
import { readStructured } from './read-structured.ts'

export interface InventoryWorld {
  /** All of standard input, for the inventory `-`. */
  readonly readStandardInput: () => Promise<string>
}

/** A host and where it was named, as `file:line`. */
export interface InventoryHost {
  readonly host: RemoteHost
  readonly place: string
}

/**
 * Reads an inventory: YAML, JSON or one host a line, told apart by the name of the file and then by
 * its content. A reader for another format (Ansible's) is one more entry here.
 */
export async function readInventory(file: string, world: InventoryWorld): Promise<InventoryHost[]> {
  const name = file === '-' ? 'standard input' : file
  const text = file === '-' ? await world.readStandardInput() : await textOf(file)
  const listed = isStructured(text, file) ? await readStructured(text, name) : readList(text, name)
  refuseDuplicates(listed, name)
  if (listed.length === 0) throw new ApoctlError(['APO-INPUT-FILE', `${name} names no host`])
  return listed.map(({ host, line }) => ({ host, place: `${name}:${line}` }))
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
    throw new ApoctlError(['APO-INPUT-FILE', `the inventory ${file} cannot be read (${code})`], { cause })
  }
}

function isStructured(text: string, file: string): boolean {
  if (/\.(ya?ml|json)$/i.test(file)) return true
  const content = text.replace(/^\s*(#.*)?$/gm, '').trimStart()
  return /^(\{|\[\s*["{\]]|---|- |(hosts|defaults)\s*:\s*($|[[{]))/m.test(content.split('\n')[0] ?? '')
}

/** Two names for one machine would have two actions at work on it at once. */
function refuseDuplicates(listed: readonly ListedHost[], file: string): void {
  const seen = new Map<string, ListedHost>()
  for (const entry of listed) {
    const { host, line } = entry
    for (const key of [`name ${host.name}`, addressKey(host)]) {
      const first = seen.get(key)
      if (first !== undefined && first !== entry)
        throw inventoryError({ file, line }, [
          `${host.name} is the same host as ${first.host.name} in line ${first.line}`,
          'Name every host once.',
        ])
      seen.set(key, entry)
    }
  }
}

/** Where a host is, for telling whether two are the same. */
export function addressKey(host: RemoteHost): string {
  return `${host.address.toLowerCase()} port ${host.port ?? 22}`
}
