import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { inventoryError } from './inventory-error.ts'
import { parseLocated } from './located.ts'
import { toVariable } from './to-variable.ts'
import { rememberedVariable, type Variable } from './variable.ts'

/** The folders `group_vars` and `host_vars` beside inventories. */
export interface VariableFiles {
  /** What the files of these groups or hosts say; the later folder, then the later name, wins. */
  read(
    kind: 'group_vars' | 'host_vars',
    names: readonly string[],
  ): Promise<readonly (readonly [string, Variable])[]>
}

export interface VariableFilesWorld {
  /** Tells a person of what cannot be read and may matter. */
  readonly note: (text: string) => void
}

const extensions = ['', '.yml', '.yaml', '.json']
/** The first line of a file that is encrypted whole. */
const vaultMark = '$ANSIBLE_VAULT;'

/** Looks into folders of inventories, each folder once, however many hosts there are. */
export function openVariableFiles(folders: readonly string[], world: VariableFilesWorld): VariableFiles {
  const listings = new Map<string, Promise<ReadonlySet<string>>>()
  const contents = new Map<string, Promise<readonly (readonly [string, Variable])[]>>()
  const list = (folder: string): Promise<ReadonlySet<string>> => {
    const known = listings.get(folder) ?? namesIn(folder).then((names) => new Set(names))
    listings.set(folder, known)
    return known
  }
  const content = (file: string): Promise<readonly (readonly [string, Variable])[]> => {
    const known = contents.get(file) ?? readVariables(file, world)
    contents.set(file, known)
    return known
  }
  return {
    async read(kind, names) {
      const found: (readonly [string, Variable])[] = []
      for (const folder of new Set([...folders].reverse().map((one) => join(one, kind)))) {
        const listed = await list(folder)
        const earlier: (readonly [string, Variable])[] = []
        for (const name of names) {
          const entry = extensions.map((extension) => name + extension).find((one) => listed.has(one))
          if (entry === undefined) continue
          for (const file of await filesAt(join(folder, entry))) earlier.push(...(await content(file)))
        }
        found.unshift(...earlier)
      }
      return found
    },
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw unreadable(folder, error)
  })
}

/** The file itself, or all in the folder that stands in its place, as deep as it goes. */
async function filesAt(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw unreadable(path, error)
  })
  if (entries === undefined) return [path]
  const files: string[] = []
  for (const name of entries.map((entry) => entry.name).sort()) {
    if (name.startsWith('.') || name.endsWith('~') || !extensions.includes(extname(name))) continue
    files.push(...(await filesAt(join(path, name))))
  }
  return files
}

async function readVariables(
  file: string,
  world: VariableFilesWorld,
): Promise<readonly (readonly [string, Variable])[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, error)
  })
  if (text.startsWith(vaultMark)) {
    world.note(`${file} is encrypted and was not read`)
    return []
  }
  const { value, fields, line } = await parseLocated(text, { file, dialect: 'ansible' })
  if (value === null) return []
  if (fields === undefined) throw inventoryError({ file, line }, ['variables must be a mapping'])
  return fields.flatMap((field) => {
    const variable = rememberedVariable(field.name, toVariable(field, file))
    return variable === undefined ? [] : [[field.name, variable] as const]
  })
}

function unreadable(path: string, error: unknown) {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason'
  return inventoryError({ file: path, line: 1 }, [`cannot be read (${code})`, 'Make it readable.'])
}
