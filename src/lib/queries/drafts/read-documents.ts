import type { Node } from 'yaml'
import type { Draft } from './draft.ts'
import { draftOfMap, parseDocuments, startOf, unreadable, type DocumentText } from './parse-documents.ts'

/**
 * Reads objects from YAML or JSON: one document or several, each an object or a list of them. Throws
 * APO-INPUT-FILE that names the file and the line.
 */
export async function readDocuments(text: DocumentText): Promise<readonly Draft[]> {
  const { isMap, isSeq } = await import('yaml')
  return (await parseDocuments(text)).flatMap((parsed) => {
    const { root } = parsed
    const nodes = isSeq(root) ? (root.items as Node[]) : root === undefined ? [] : [root]
    return nodes.map((node) => {
      if (isMap(node)) return draftOfMap(parsed, node)
      throw unreadable(parsed, { offset: startOf(node), what: 'an object is expected here' })
    })
  })
}
