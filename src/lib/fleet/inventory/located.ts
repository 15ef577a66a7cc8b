import type { LineCounter, Node } from 'yaml'
import { inventoryError } from './inventory-error.ts'

/** A value of a YAML or JSON file that still knows where it stands. */
export interface Located {
  readonly line: number
  /** The plain value, whatever it is made of. */
  readonly value: unknown
  /** Present for a list. */
  readonly items?: readonly Located[]
  /** Present for a mapping. */
  readonly fields?: readonly LocatedField[]
}

export interface LocatedField {
  readonly name: string
  readonly line: number
  readonly content: Located
}

/** Parses YAML or JSON (which is YAML, too). APO-INPUT-FILE with the line when it does not parse. */
export async function parseLocated(text: string, file: string): Promise<Located> {
  const { parseDocument, LineCounter } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined)
    throw inventoryError({ file, line: lines.linePos(error.pos[0]).line }, [error.message])
  return locate(document.contents, {
    lines,
    toJs: (node): unknown => node?.toJS(document, { maxAliasCount: 100 }),
  })
}

interface Locating {
  readonly lines: LineCounter
  readonly toJs: (node: Node | null) => unknown
}

function locate(node: Node | null, how: Locating): Located {
  const line = how.lines.linePos(node?.range?.[0] ?? 0).line
  const place = { line: Math.max(line, 1), value: how.toJs(node) }
  if (node === null || !('items' in node)) return place
  const items = node.items as readonly unknown[]
  if (Array.isArray(place.value)) return { ...place, items: items.map((item) => locate(item as Node, how)) }
  const fields = (items as readonly { readonly key: Node; readonly value: Node | null }[]).map(
    ({ key, value }) => {
      const name = locate(key, how)
      const content = value === null ? { line: name.line, value: null } : locate(value, how)
      return { name: String(name.value), line: name.line, content }
    },
  )
  return { ...place, fields }
}
