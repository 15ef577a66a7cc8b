/** One call of the Console's API. Source: the wire contract, sections 1.1 to 1.4. */
export interface ApiCall {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Segments of the path, not yet encoded: `['enforcers', id, 'poke']`. */
  readonly path: readonly string[]
  readonly query?: QueryParameters | undefined
  /** Attributes wanted in the answer, by their JSON names; all when absent. */
  readonly fields?: readonly string[] | undefined
  /** Sent as JSON. */
  readonly body?: unknown
  /** Instead of the client's own namespace. */
  readonly namespace?: string | undefined
  /** Instead of a fresh one per call: for a write that must stay the same one across our own restarts. */
  readonly idempotencyKey?: string | undefined
  /** Sent without a token and without a namespace: `/issue`, `/healthchecks`, `/_meta/…`. */
  readonly anonymous?: boolean | undefined
  /** Statuses that are answers here and not errors, beside the 2xx. */
  readonly alsoFine?: readonly number[] | undefined
}

/** Values that repeat are sent once per value; undefined ones are left out. */
export type QueryParameters = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** For all attempts and waits of the call together. */
  readonly timeoutMs?: number | undefined
}

export interface ApiAnswer {
  readonly status: number
  /** The parsed JSON; undefined when the answer had no body. */
  readonly body: unknown
  /** Objects that match, whatever the page; of lists and counts. */
  readonly total: number | undefined
  /** What `after` must be to get the next page; undefined on the last. */
  readonly next: string | undefined
  /** Where a 302 points to; nothing here ever goes there. */
  readonly location: string | undefined
  /** What the Console has to say, deprecations for example. */
  readonly messages: readonly string[]
  /** The clock of whoever answered, if it told, milliseconds since 1970. */
  readonly serverTimeMs: number | undefined
}

export function pathOf(call: Pick<ApiCall, 'path' | 'query'>): string {
  const parameters = Object.entries(call.query ?? {}).flatMap(([name, value]) =>
    valuesOf(value).map((text) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`),
  )
  const path = '/' + call.path.map(encodeURIComponent).join('/')
  return parameters.length === 0 ? path : `${path}?${parameters.join('&')}`
}

function valuesOf(value: QueryParameters[string]): readonly string[] {
  if (value === undefined) return []
  return typeof value === 'object' ? value : [String(value)]
}
