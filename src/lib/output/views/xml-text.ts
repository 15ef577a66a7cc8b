import { sanitiseLine } from '../sanitise.ts'

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A text from a host in an XML document. XML 1.0 has no way to write most control characters, nor lone surrogates. */
export function xmlText(raw: string): string {
  return sanitiseLine(raw)
    .replace(
      /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ufffe\uffff]/g,
      '\ufffd',
    )
    .replace(/[&<>"]/g, (mark) => entities[mark] ?? '')
}
