import { toJson, toYaml, withEscapes } from '../document.ts'
import { unsafeInDocuments } from '../sanitise.ts'

/** The second brace of what an import takes for the beginning of a template. */
const braces = /(?<=\{)\{/g
const unsafe = new RegExp(`${unsafeInDocuments.source}|${braces.source}`, 'g')

/** An export as a file that an import reads as it was meant. Ends without a newline. */
export async function renderExport(document: object, format: 'yaml' | 'json'): Promise<string> {
  return format === 'json' ? withEscapes(toJson(document, 2), braces) : toYaml(document, unsafe)
}
