import { readDocument, type DocumentSource } from '../documents/read-document.ts'
import { factsDocumentShape, factsVersion, type FactsDocument, type HostFacts } from './host-facts.ts'

/** The facts of hosts as a document to keep: readable, and the same for the same hosts. */
export function writeFacts(hosts: readonly HostFacts[]): string {
  const document: FactsDocument = { apiVersion: factsVersion, hosts }
  return `${JSON.stringify(document, null, 1)}\n`
}

/** Throws APO-INPUT-FILE with file and line for anything that is not a facts document of this version. */
export async function readFacts(source: DocumentSource): Promise<readonly HostFacts[]> {
  const { hosts } = await readDocument(source, factsDocumentShape)
  return hosts
}
