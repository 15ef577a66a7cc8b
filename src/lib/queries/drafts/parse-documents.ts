import type { Document, Node, YAMLMap } from 'yaml'
import type { WireObject } from '../../../contract/entity/definition.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Draft } from './draft.ts'

/** A text with objects in it, and what to call it in messages. */
export interface DocumentText {
  readonly name: string
  readonly content: string
}

/** One document of a text, and what it takes to say where something stands. */
export interface ParsedDocument {
  readonly text: DocumentText
  readonly document: Document.Parsed
  /** Undefined when there is nothing in it. */
  readonly root: Node | undefined
  readonly lineOf: (offset: number) => number
}

/** A file of aliases to aliases could fill the memory. */
const mostAliases = 100

/** Parses YAML or JSON, one document or several. Throws APO-INPUT-FILE that names the file and the line. */
export async function parseDocuments(text: DocumentText): Promise<readonly ParsedDocument[]> {
  const { LineCounter, parseAllDocuments } = await import('yaml')
  const lines = new LineCounter()
  const lineOf = (offset: number): number => lines.linePos(offset).line
  const look = { lineCounter: lines, prettyErrors: false, merge: true }
  const documents = parseAllDocuments(text.content, look)
  if (!Array.isArray(documents)) return []
  return documents.map((document) => {
    const { contents } = document
    const parsed = { text, document, root: isEmpty(contents) ? undefined : (contents as Node), lineOf }
    const [problem] = document.errors
    if (problem !== undefined) throw unreadable(parsed, { offset: problem.pos[0], what: problem.message })
    return parsed
  })
}

function isEmpty(contents: unknown): boolean {
  return contents === null || (contents as { readonly value?: unknown }).value === null
}

/** The object that a map describes, and where each of its attributes stands. */
export function draftOfMap(parsed: ParsedDocument, map: YAMLMap): Draft {
  const start = startOf(map)
  const places = new Map(map.items.map(({ key }) => [String(key), (key as Node).range?.[0] ?? start]))
  return {
    object: objectOf(parsed, map),
    where: (attribute) => placeOf(parsed, places.get(attribute ?? '') ?? start),
  }
}

export function startOf(node: Node): number {
  return node.range?.[0] ?? 0
}

/** `policies.yaml:12` */
export function placeOf({ text, lineOf }: ParsedDocument, offset: number): string {
  return `${text.name}:${lineOf(offset)}`
}

function objectOf(parsed: ParsedDocument, map: YAMLMap): WireObject {
  try {
    return map.toJS(parsed.document, { maxAliasCount: mostAliases }) as WireObject
  } catch (error) {
    // An alias of nothing, or of so much that it would fill the memory.
    const what = error instanceof Error ? error.message : 'it has an alias that cannot be used'
    throw unreadable(parsed, { offset: startOf(map), what })
  }
}

export function unreadable(
  parsed: ParsedDocument,
  problem: { readonly offset: number; readonly what: string; readonly hints?: readonly string[] },
): ApoctlError {
  const [what = 'it does not parse'] = problem.what.split('\n')
  return new ApoctlError(['APO-INPUT-FILE', `${placeOf(parsed, problem.offset)}: ${what}`], {
    hints: problem.hints ?? [
      'Write objects as YAML or JSON; apoctl api stub RESOURCE prints one to start from.',
    ],
  })
}
