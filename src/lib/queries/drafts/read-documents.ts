import type { Document, Node } from 'yaml'
import type { WireObject } from '../../../contract/entity/definition.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Draft } from './draft.ts'

/** A text with objects in it, and what to call it in messages. */
export interface DocumentText {
  readonly name: string
  readonly content: string
}

/** A file of aliases to aliases could fill the memory. */
const mostAliases = 100

interface Reading {
  readonly text: DocumentText
  readonly document: Document.Parsed
  readonly lineOf: (offset: number) => number
}

/**
 * Reads objects from YAML or JSON: one document or several, each an object or a list of them. Throws
 * APO-INPUT-FILE that names the file and the line.
 */
export async function readDocuments(text: DocumentText): Promise<readonly Draft[]> {
  const { isMap, isSeq, LineCounter, parseAllDocuments } = await import('yaml')
  const lines = new LineCounter()
  const lineOf = (offset: number): number => lines.linePos(offset).line
  const documents = parseAllDocuments(text.content, { lineCounter: lines, prettyErrors: false })
  if (!Array.isArray(documents)) return []
  return documents.flatMap((document) => {
    const reading = { text, document, lineOf }
    const [problem] = document.errors
    if (problem !== undefined) throw unreadable(reading, { offset: problem.pos[0], what: problem.message })
    const { contents } = document
    const nodes = isSeq(contents) ? (contents.items as Node[]) : isEmpty(contents) ? [] : [contents as Node]
    return nodes.map((node) => {
      if (isMap(node)) return toDraft(reading, node)
      throw unreadable(reading, { offset: node.range?.[0] ?? 0, what: 'an object is expected here' })
    })
  })
}

function isEmpty(contents: unknown): boolean {
  return contents === null || (contents as { readonly value?: unknown }).value === null
}

function toDraft(reading: Reading, node: Node): Draft {
  const { text, lineOf } = reading
  const start = node.range?.[0] ?? 0
  const places = new Map<string, number>()
  for (const { key } of (node as unknown as { readonly items: readonly { readonly key: Node }[] }).items)
    places.set(String(key), key.range?.[0] ?? start)
  return {
    object: toObject(reading, node),
    where: (attribute) => `${text.name}:${lineOf(places.get(attribute ?? '') ?? start)}`,
  }
}

function toObject(reading: Reading, node: Node): WireObject {
  try {
    return node.toJS(reading.document, { maxAliasCount: mostAliases }) as WireObject
  } catch {
    throw unreadable(reading, { offset: node.range?.[0] ?? 0, what: 'it uses too many aliases' })
  }
}

function unreadable(
  reading: Reading,
  problem: { readonly offset: number; readonly what: string },
): ApoctlError {
  const [what] = problem.what.split('\n')
  return new ApoctlError(
    [
      'APO-INPUT-FILE',
      `${reading.text.name}:${reading.lineOf(problem.offset)}: ${what ?? 'it does not parse'}`,
    ],
    { hints: ['Write objects as YAML or JSON; apoctl api stub RESOURCE prints one to start from.'] },
  )
}
