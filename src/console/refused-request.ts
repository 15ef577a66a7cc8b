import type { WireError } from '../contract/wire-error.ts'

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not allowed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  417: 'Quota Exceeded',
  422: 'Validation Error',
  429: 'Too Many Requests',
  501: 'Not implemented',
  503: 'Service Unavailable',
}

/** The Console understands the request and answers no: an expected outcome, with what to send. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest'
  readonly errors: readonly [WireError, ...WireError[]]

  /** When it is worth trying again. */
  readonly retryAfterSeconds: number | undefined

  constructor(errors: readonly [WireError, ...WireError[]], retryAfterSeconds?: number) {
    super(errors[0].description)
    this.errors = errors
    this.retryAfterSeconds = retryAfterSeconds
  }

  /** The status of the answer is the code of the first error. */
  get status(): number {
    return this.errors[0].code
  }
}

export interface Refusal {
  readonly text: string
  /** For machines: `{attribute}` in most cases. */
  readonly data?: unknown
  /** When it is not the usual one of the code. */
  readonly title?: string
  readonly retryAfterSeconds?: number
}

/** A refusal with one error. */
export function refuse(code: number, what: string | Refusal): RefusedRequest {
  const { text, data, title, retryAfterSeconds }: Refusal = typeof what === 'string' ? { text: what } : what
  const error = {
    code,
    title: title ?? titles[code] ?? 'Error',
    description: text,
    subject: 'console',
    ...(data === undefined ? {} : { data }),
  }
  return new RefusedRequest([error], retryAfterSeconds)
}

/** Throws when there is something to refuse. */
export function refuseAll(errors: readonly WireError[]): void {
  const [first, ...rest] = errors
  if (first !== undefined) throw new RefusedRequest([first, ...rest])
}
