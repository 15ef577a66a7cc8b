import type { Document, isAlias, isMap, isSeq, LineCounter, Node, Tags } from 'yaml'
import { inventoryError } from './inventory-error.ts'

/** A value of a YAML or JSON file that still knows where it stands. */
export interface Located {
  readonly line: number
  /** The plain value, whatever it is made of. */
  readonly value: unknown
  /** `!vault`, where somebody wrote one. */
  readonly tag: string | undefined
  /** Undefined for all but a list. */
  readonly items: readonly Located[] | undefined
  /** Undefined for all but a mapping. Those of `<<` are among them. */
  readonly fields: readonly LocatedField[] | undefined
}

export interface LocatedField {
  readonly name: string
  /** False for a key such as `1` or `true`. */
  readonly nameIsText: boolean
  readonly line: number
  readonly content: Located
}

/** How to read: YAML of today where a key stands once, or as Ansible does, 1.1 and the last one wins. */
export type Dialect = 'strict' | 'ansible'

/** Parses YAML or JSON (which is YAML, too). APO-INPUT-FILE with the line when it does not parse. */
export async function parseLocated(
  text: string,
  how: { readonly file: string; readonly dialect: Dialect },
): Promise<Located> {
  const { parseDocument, LineCounter, isAlias, isMap, isSeq } = await import('yaml')
  const lines = new LineCounter()
  const options =
    how.dialect === 'strict' ? {} : ({ version: '1.1', uniqueKeys: false, customTags: asPython } as const)
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
    ...options,
  })
  const [error] = document.errors
  if (error !== undefined)
    throw inventoryError({ file: how.file, line: lines.linePos(error.pos[0]).line }, [error.message])
  return locate(document.contents, {
    file: how.file,
    lines,
    document,
    aliases: new Map(),
    merging: new Set(),
    isAlias,
    isMap,
    isSeq,
  })
}

/** All that PyYAML, which reads Ansible's files, takes for something else than a text; `yaml` takes more. */
const pythonScalars: Readonly<Record<string, string>> = {
  'tag:yaml.org,2002:bool': String.raw`[Yy]es|YES|[Nn]o|NO|[Tt]rue|TRUE|[Ff]alse|FALSE|[Oo]n|ON|[Oo]ff|OFF`,
  'tag:yaml.org,2002:int': String.raw`[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][\d_]*(?::[0-5]?\d)*|0x[\da-fA-F_]+)`,
  'tag:yaml.org,2002:float': String.raw`[-+]?\d[\d_]*\.[\d_]*(?:[eE][-+]\d+)?|\.\d[\d_]*(?:[eE][-+]\d+)?|[-+]?\d[\d_]*(?::[0-5]?\d)+\.[\d_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)`,
}

/** Tags that hold only where PyYAML would say the same. */
function asPython(tags: Tags): Tags {
  return tags.map((tag) => {
    const source = typeof tag === 'string' ? undefined : pythonScalars[tag.tag]
    if (typeof tag === 'string' || source === undefined || tag.collection !== undefined) return tag
    return { ...tag, test: new RegExp(`(?=^(?:${source})$)${tag.test?.source ?? ''}`) }
  })
}

interface Locating {
  readonly file: string
  readonly isAlias: typeof isAlias
  readonly isMap: typeof isMap
  readonly isSeq: typeof isSeq
  readonly lines: LineCounter
  readonly document: Document
  readonly aliases: Map<Node, Node | null>
  /** Mappings whose fields are being put together. */
  readonly merging: Set<Node>
}

function locate(raw: unknown, how: Locating): Located {
  const node = resolved(raw as Node | null, how)
  return {
    line: Math.max(how.lines.linePos(node?.range?.[0] ?? 0).line, 1),
    tag: node?.tag,
    get value(): unknown {
      return plainValue(node, how)
    },
    get items() {
      return how.isSeq(node) ? node.items.map((item) => locate(item, how)) : undefined
    },
    get fields() {
      return how.isMap(node) ? fieldsOf(node, how) : undefined
    },
  }
}

/** Refuses aliases of aliases that stand for more than fits into the memory. */
function plainValue(node: Node | null, how: Locating): unknown {
  try {
    const plain: unknown = node?.toJS(how.document, { maxAliasCount: 100 })
    return plain ?? null
  } catch (cause) {
    const { line } = how.lines.linePos(node?.range?.[0] ?? 0)
    throw inventoryError({ file: how.file, line }, [cause instanceof Error ? cause.message : String(cause)])
  }
}

function resolved(node: Node | null, how: Locating): Node | null {
  if (!how.isAlias(node)) return node
  // Looking an alias up means walking through the whole document.
  const found = how.aliases.get(node) ?? node.resolve(how.document) ?? null
  how.aliases.set(node, found)
  return found
}

type Mapping = Node & { readonly items: readonly unknown[] }

function fieldsOf(node: Mapping, how: Locating): LocatedField[] {
  const { line } = how.lines.linePos(node.range?.[0] ?? 0)
  if (how.merging.has(node)) throw inventoryError({ file: how.file, line }, ['"<<" takes over from itself'])
  how.merging.add(node)
  const fields = new Map<string, LocatedField>()
  for (const field of takenOver(node, how)) fields.set(field.name, field)
  for (const field of ownFields(node, how)) fields.set(field.name, field)
  how.merging.delete(node)
  return [...fields.values()]
}

interface Pair {
  readonly key: Node | null
  readonly value: Node | null
}

function isMerge({ key }: Pair, how: Locating): boolean {
  const name = plainValue(key, how)
  return name === '<<' || typeof name === 'symbol'
}

function ownFields(node: Mapping, how: Locating): LocatedField[] {
  const pairs = node.items as readonly Pair[]
  return pairs
    .filter((pair) => !isMerge(pair, how))
    .map(({ key, value }) => {
      const name = plainValue(key, how)
      const { line } = locate(key, how)
      const content = value === null ? { ...nothing, line } : locate(value, how)
      return { name: String(name), nameIsText: typeof name === 'string', line, content }
    })
}

/** What `<<` takes over from another mapping, or from several, the first of which wins. */
function takenOver(node: Mapping, how: Locating): LocatedField[] {
  const merges = (node.items as readonly Pair[]).filter((pair) => isMerge(pair, how))
  return merges.flatMap(({ value }) => {
    const { items = [], fields = [] } = locate(value, how)
    return [...items.toReversed().flatMap((item) => item.fields ?? []), ...fields]
  })
}

const nothing = { value: null, tag: undefined, items: undefined, fields: undefined }
