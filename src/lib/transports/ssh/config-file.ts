import { readFile } from 'node:fs/promises'
import { glob } from './glob.ts'
import type { Directive, Line } from 'ssh-config'
import { ApoctlError } from '../../errors/apoctl-error.ts'

/** One `Keyword arguments` of an ssh_config, with the conditions it stands under. */
export interface ConfigEntry {
  /** Lower case. */
  readonly keyword: string
  readonly words: readonly string[]
  readonly file: string
  readonly line: number
  /** Every block it stands in must apply; an Include inside a block adds to them. */
  readonly conditions: readonly ConfigCondition[]
}

export interface ConfigCondition {
  readonly kind: 'host' | 'match'
  readonly words: readonly string[]
}

const maxIncludeDepth = 16

/** Reads an ssh_config and what it includes, in order. A file that does not exist has no entries. */
export async function readConfigFile(
  file: string,
  where: { readonly home: string; readonly depth?: number; readonly conditions?: readonly ConfigCondition[] },
): Promise<ConfigEntry[]> {
  const text = await readIfThere(file)
  if (text === undefined) return []
  const entries = await parse(text, { file, conditions: where.conditions ?? [] })
  const depth = where.depth ?? 0
  const expanded = entries.map(async (entry) => {
    if (entry.keyword !== 'include') return [entry]
    if (depth >= maxIncludeDepth) throw configError(entry, 'includes go too deep')
    const files = await includedFiles(entry, where.home)
    const included = files.map((path) =>
      readConfigFile(path, { home: where.home, depth: depth + 1, conditions: entry.conditions }),
    )
    return (await Promise.all(included)).flat()
  })
  return (await Promise.all(expanded)).flat()
}

export function configError(entry: Pick<ConfigEntry, 'file' | 'line'>, what: string): ApoctlError {
  return new ApoctlError(['APO-SSH-CONFIG', `${entry.file}:${entry.line}: ${what}`])
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new ApoctlError(['APO-SSH-CONFIG', `${file} cannot be read (${code ?? 'unknown reason'})`], {
      cause,
    })
  }
}

type Place = { readonly file: string; readonly conditions: readonly ConfigCondition[] }

async function parse(text: string, place: Place): Promise<ConfigEntry[]> {
  const { parse: parseConfig } = await import('ssh-config')
  let lines: readonly Line[]
  try {
    lines = parseConfig(text.replaceAll('\r\n', '\n'))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ApoctlError(['APO-SSH-CONFIG', `${place.file} does not parse: ${reason}`], { cause })
  }
  return entriesOf(lines, { ...place, cursor: { line: 1 } })
}

/** The parser keeps every blank and line break, so counting them gives the line of each directive. */
function entriesOf(
  lines: readonly Line[],
  place: Place & { readonly cursor: { line: number } },
): ConfigEntry[] {
  const { cursor, file, conditions } = place
  return lines.flatMap((line) => {
    cursor.line += breaks(line.before)
    const at = cursor.line
    cursor.line += breaks(line.after)
    if (!('param' in line)) return []
    const keyword = line.param.toLowerCase()
    const words = wordsOf(line)
    if (!('config' in line)) return [{ keyword, words, file, line: at, conditions }]
    const condition = { kind: keyword === 'host' ? ('host' as const) : ('match' as const), words }
    return entriesOf(line.config, { file, conditions: [...conditions, condition], cursor })
  })
}

const breaks = (text: string): number => text.split('\n').length - 1

function wordsOf(directive: Directive): string[] {
  const { value, quoted } = directive
  if (typeof value !== 'string') return value.map(({ val }) => val)
  if (quoted === true) return [value]
  return value.split(/\s+/).filter((word) => word !== '')
}

/** Relative names are looked for in ~/.ssh, for the system's file in its own directory. */
async function includedFiles(entry: ConfigEntry, home: string): Promise<string[]> {
  const base = entry.file.startsWith('/etc/') ? '/etc/ssh' : `${home}/.ssh`
  const found = entry.words.map((word) => {
    const path = word.startsWith('~/') ? `${home}${word.slice(1)}` : word
    return glob(path.startsWith('/') ? path : `${base}/${path}`)
  })
  return (await Promise.all(found)).flat()
}
