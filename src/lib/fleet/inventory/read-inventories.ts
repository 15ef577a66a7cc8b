import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { isScriptOutput, readScriptOutput } from './ansible/read-script-output.ts'
import { variablesOf } from './host-variables.ts'
import { Inventory, type InventoryHost } from './inventory.ts'
import { inventoryError } from './inventory-error.ts'
import { parseLocated } from './located.ts'
import { readText } from './read-text.ts'
import { isInventoryProgram } from './run-inventory-program.ts'
import type { Variable } from './variable.ts'
import { openVariableFiles } from './variable-files.ts'

export interface InventoryWorld {
  /** All of standard input, for the inventory `-`. */
  readonly readStandardInput: () => Promise<string>
  /** What a program prints that is asked for its inventory. */
  readonly runProgram: (file: string) => Promise<string>
  /** Hears of what was passed over, and may have been meant. */
  readonly warn: (text: string) => void
  readonly note: (text: string) => void
}

export interface ReadInventories {
  readonly inventory: Inventory
  /** What is in force for a host, from its groups, files and itself. */
  readonly variablesOf: (host: InventoryHost) => Promise<ReadonlyMap<string, Variable>>
}

/** What Ansible leaves alone in a folder of inventories. */
const ignored =
  /^\.|^(host_vars|group_vars|vars_plugins)$|\.(pyc|pyo|swp|bak|rpm|md|txt|rst|orig|ini|cfg|retry)$|~$/

/**
 * Reads inventories into one: files in YAML, JSON, Ansible's INI or one host a line, folders of them, programs,
 * and `-` for standard input; with the folders `group_vars` and `host_vars` beside them. A host that several
 * name is one, and what the later says wins. Throws APO-INPUT-FILE with file and line.
 */
export async function readInventories(
  sources: readonly string[],
  world: InventoryWorld,
): Promise<ReadInventories> {
  const inventory = new Inventory()
  const folders: string[] = []
  for (const source of sources) {
    if (source === '-') {
      await readText(
        { text: await world.readStandardInput(), file: 'standard input' },
        { inventory, ...world },
      )
      continue
    }
    const isFolder = (await reachable(source, stat)).isDirectory()
    folders.push(isFolder ? source : dirname(source))
    if (isFolder) await readFolder(source, { inventory, world })
    else await readSource(source, { inventory, world })
  }
  inventory.settle()
  if (sources.length > 0 && inventory.hosts.size === 0)
    throw new ApoctlError(['APO-INPUT-FILE', `${sources.map(nameOf).join(' and ')} names no host`])
  return { inventory, variablesOf: variablesOf(inventory, openVariableFiles(folders, world)) }
}

const nameOf = (source: string): string => (source === '-' ? 'standard input' : source)

interface Reading {
  readonly inventory: Inventory
  readonly world: InventoryWorld
}

async function readSource(file: string, { inventory, world }: Reading): Promise<void> {
  // What comes through a pipe, as of `<(command)`, can be read once.
  const isProgram = (await reachable(file, stat)).isFile() && (await reachable(file, isInventoryProgram))
  if (!isProgram) {
    await readText({ text: await reachable(file, textOf), file }, { inventory, ...world })
    return
  }
  const printed = { file: `${file} --list`, dialect: 'ansible' } as const
  const text = await world.runProgram(file)
  const { fields = [] } = await parseLocated(text, printed)
  if (!isScriptOutput(text, fields) || !fields.some(({ name }) => name === '_meta'))
    throw inventoryError({ file: printed.file, line: 1 }, [
      'does not print groups of hosts, and their variables in _meta.hostvars',
      'Print them all at once: apoctl does not ask a program host by host.',
    ])
  readScriptOutput(fields, { inventory, file: printed.file })
}

/** Files by name, and folders in the folder as well. Only a program that was named itself is run. */
async function readFolder(folder: string, reading: Reading): Promise<void> {
  const names = (await reachable(folder, (path) => readdir(path)))
    .filter((name) => !ignored.test(name))
    .sort()
  for (const path of names.map((name) => join(folder, name))) {
    if ((await reachable(path, stat)).isDirectory()) await readFolder(path, reading)
    else if (await reachable(path, isInventoryProgram))
      throw inventoryError({ file: path, line: 1 }, [
        'is a program, and was not run: only its folder was named',
        `Name it, too, or move it elsewhere: --inventory ${path}`,
      ])
    else await readSource(path, reading)
  }
}

const textOf = (file: string): Promise<string> => readFile(file, 'utf8')

async function reachable<Found>(path: string, find: (path: string) => Promise<Found>): Promise<Found> {
  try {
    return await find(path)
  } catch (cause) {
    if (cause instanceof ApoctlError) throw cause
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
    const hint = path.includes(',')
      ? 'It names a file or a folder; hosts are named with --host.'
      : 'Give a file or a folder that is there and can be read.'
    throw new ApoctlError(['APO-INPUT-FILE', `the inventory ${path} cannot be read (${code})`], {
      cause,
      hints: [hint],
    })
  }
}
