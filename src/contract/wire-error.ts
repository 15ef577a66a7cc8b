/** One element of the array that a Console answers with when it refuses or fails. */
export interface WireError {
  /** The HTTP status it would have alone. */
  readonly code: number
  readonly title: string
  readonly description: string
  /** The component that speaks: `elemental`, `gaia`, `bahamut`, … */
  readonly subject: string
  /** Validation errors carry `{attribute}`. */
  readonly data?: unknown
  readonly trace?: string
}

/**
 * Reads an error body. Anything that is not the array of a Console gives undefined: a proxy in
 * between answered, or it is no Console.
 */
export function parseWireErrors(body: unknown): readonly WireError[] | undefined {
  if (!Array.isArray(body) || body.length === 0) return undefined
  const errors = body.map(wireError)
  return errors.includes(undefined) ? undefined : (errors as WireError[])
}

function wireError(element: unknown): WireError | undefined {
  if (typeof element !== 'object' || element === null) return undefined
  const { code, title, description, subject, data, trace } = element as Record<string, unknown>
  if (typeof code !== 'number' || typeof title !== 'string') return undefined
  return {
    code,
    title,
    description: typeof description === 'string' ? description : '',
    subject: typeof subject === 'string' ? subject : '',
    ...(data === undefined || data === null ? {} : { data }),
    ...(typeof trace === 'string' ? { trace } : {}),
  }
}

/** The attribute that a validation error is about, if it says so. */
export function attributeOfWireError(error: WireError): string | undefined {
  if (typeof error.data !== 'object' || error.data === null) return undefined
  const { attribute } = error.data as { attribute?: unknown }
  return typeof attribute === 'string' ? attribute : undefined
}
