import { entities } from '../../contract/entities/registry.ts'
import { wordsFirst } from './words-first.ts'

/** A command line up to the cursor, without the program: `['api', 'get', 'n']`. */
export type TypedWords = readonly string[]

/** What only the Console knows; empty when it cannot be asked in time. */
export interface LiveValues {
  namespaces(): Promise<readonly string[]>
  /** Names and IDs of objects of a kind. */
  objects(kind: string): Promise<readonly string[]>
}

interface FlagShape {
  readonly type: string
  readonly char?: string
  readonly options?: readonly string[]
  readonly hidden?: boolean
}

/** Every command by its words, of which only the flags matter here. */
export type LoadableCommands = Readonly<Record<string, () => Promise<{ readonly default: unknown }>>>

interface Shape {
  readonly flags: Readonly<Record<string, FlagShape>>
}

/**
 * What the last word may become: words of commands, flags, their values, kinds of objects, and with `live`
 * namespaces and objects. Empty where anything goes, a file for one.
 */
export async function completeLine(
  words: TypedWords,
  known: { readonly commands: LoadableCommands; readonly live: LiveValues },
): Promise<readonly string[]> {
  const last = words.at(-1) ?? ''
  const before = wordsFirst(words.slice(0, -1))
  const id = commandIn(before, known.commands)
  const candidates =
    id === undefined ? await nextWords(before, known) : await forCommand({ id, before, last }, known)
  return [...new Set(candidates)].filter((word) => word.startsWith(last)).sort()
}

function commandIn(words: TypedWords, commands: LoadableCommands): string | undefined {
  for (let length = words.length; length > 0; length -= 1) {
    const id = words.slice(0, length).join(' ')
    if (id in commands) return id
  }
  return undefined
}

/** Commands that are not for people have one word more than nobody types. */
const hidden = new Set(['complete'])

function nextWords(
  before: TypedWords,
  { commands, live }: { readonly commands: LoadableCommands; readonly live: LiveValues },
): Promise<readonly string[]> | readonly string[] {
  if (['-n', '--namespace'].includes(before.at(-1) ?? '')) return live.namespaces()
  const firstFlag = before.findIndex((word) => word.startsWith('-'))
  const own = firstFlag === -1 ? before : before.slice(0, firstFlag)
  const prefix = own.map((word) => `${word} `).join('')
  return Object.keys(commands)
    .filter((id) => id.startsWith(prefix) && !hidden.has(id))
    .map((id) => id.slice(prefix.length).split(' ')[0] ?? '')
}

interface Place {
  readonly id: string
  readonly before: TypedWords
  readonly last: string
}

async function forCommand(
  place: Place,
  known: { readonly commands: LoadableCommands; readonly live: LiveValues },
): Promise<readonly string[]> {
  const load = known.commands[place.id]
  if (load === undefined) return []
  const { flags } = (await load()).default as Shape
  const previous = place.before.at(-1) ?? ''
  const asked = Object.entries(flags).find(([name, { char }]) =>
    [`--${name}`, `-${char ?? ''}`].includes(previous),
  )
  if (asked !== undefined && asked[1].type !== 'boolean') return valuesOf(asked, { place, live: known.live })
  if (place.last.startsWith('-'))
    return Object.entries(flags).flatMap(([name, flag]) => (flag.hidden === true ? [] : [`--${name}`]))
  return argumentsOf(place, { flags, live: known.live })
}

function valuesOf(
  [name, { options }]: [string, FlagShape],
  { place, live }: { readonly place: Place; readonly live: LiveValues },
): Promise<readonly string[]> | readonly string[] {
  if (options !== undefined) return options
  if (name === 'namespace') return live.namespaces()
  if (name === 'identity') return entities.all.map(({ name: kind }) => kind)
  const takesAttribute = ['column', 'order', 'key'].includes(name) && place.id.startsWith('api ')
  return takesAttribute ? attributesOf(place) : []
}

function attributesOf({ id, before }: Place): string[] {
  const kind = before[id.split(' ').length]
  return Object.keys(entities.find(kind ?? '')?.attributes ?? {})
}

/** `api VERB KIND [ID|NAME]`; other commands take files and free text. */
function argumentsOf(
  { id, before }: Place,
  known: { readonly flags: Readonly<Record<string, FlagShape>>; readonly live: LiveValues },
): Promise<readonly string[]> | readonly string[] {
  if (!id.startsWith('api ')) return []
  const given = positional(before.slice(id.split(' ').length), known.flags)
  const [kind] = given
  if (kind === undefined) return entities.all.flatMap(({ category, aliases }) => [category, ...aliases])
  const takesObject = ['api get', 'api update', 'api delete'].includes(id)
  return takesObject && given.length === 1 ? known.live.objects(kind) : []
}

/** The words that are neither flags nor their values. */
function positional(words: TypedWords, flags: Readonly<Record<string, FlagShape>>): string[] {
  const takesValue = (word: string): boolean =>
    Object.entries(flags).some(
      ([name, { char, type }]) => type !== 'boolean' && [`--${name}`, `-${char ?? ''}`].includes(word),
    )
  return words.filter((word, at) => !word.startsWith('-') && !takesValue(words[at - 1] ?? ''))
}
