import { isRecord } from '../../../contract/json-record.ts'
import type { WireObject } from '../../../contract/entity/definition.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { CallOptions } from '../call.ts'
import type { ConsoleClient } from '../console-client.ts'

/** Objects by their category: `externalnetworks`. */
export type ObjectsByKind = Readonly<Record<string, readonly WireObject[]>>

export interface ExportDocument {
  readonly APIVersion: number
  readonly label: string
  readonly data: ObjectsByKind
}

export interface ExportQuery {
  /** Kinds of objects; everything that travels when empty. */
  readonly identities: readonly string[]
  readonly label?: string | undefined
  /** The filter language of section 1.7, as one text. */
  readonly filter?: string | undefined
  readonly namespace?: string | undefined
}

export interface ImportRequest {
  readonly document: ExportDocument
  readonly mode: ImportMode
  /** Also take away what is protected. */
  readonly override?: boolean | undefined
  readonly namespace?: string | undefined
}

export type ImportMode = 'Import' | 'ReplacePartial' | 'Remove'

/** What carries objects from namespace to namespace. Source: section 6.2 of the wire contract. */
export interface Exchange {
  /** Objects as people wrote them, of one namespace alone. */
  export(query: ExportQuery, options?: CallOptions): Promise<ExportDocument>
  /** Makes true what a document says, and replaces what its label made before. Happens whole or not at all. */
  import(request: ImportRequest, options?: CallOptions): Promise<void>
}

export function exchange(console: ConsoleClient): Exchange {
  return {
    async export({ identities, label, filter, namespace }, options) {
      const body = { identities, ...(label !== undefined && { label }) }
      const query = { q: filter }
      const call = { method: 'POST', path: ['export'], body, query, namespace } as const
      return expectDocument((await console.call(call, options)).body)
    },
    async import({ document, mode, override, namespace }, options) {
      const query = { override: override || undefined }
      const body = { data: document, mode }
      // The answer is what was sent: as good as none of it is asked for.
      const fields = ['mode']
      await console.call({ method: 'POST', path: ['import'], body, query, fields, namespace }, options)
    },
  }
}

function expectDocument(body: unknown): ExportDocument {
  const answer: Readonly<Record<string, unknown>> = isRecord(body) ? body : {}
  const { APIVersion, label, data } = answer
  const kinds = isRecord(data) ? Object.entries(data) : undefined
  if (kinds?.every(([, objects]) => isListOfObjects(objects)) !== true)
    throw new ApoctlError(['APO-API-ANSWER', 'the Console answered no export'])
  return {
    APIVersion: typeof APIVersion === 'number' ? APIVersion : 0,
    label: typeof label === 'string' ? label : '',
    data: Object.fromEntries(kinds.map(([kind, objects]) => [kind, (objects ?? []) as WireObject[]])),
  }
}

/** An empty list may come as null. */
function isListOfObjects(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.every(isRecord))
}
