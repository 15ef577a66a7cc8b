import { errorCatalog, type ErrorCode } from './catalog.ts'
import type { ExitCode } from './exit-code.ts'

export interface ApoctlErrorOptions {
  /** What the reader can type or check next; replaces the catalogue's general advice. */
  readonly hints?: readonly string[]
  readonly cause?: unknown
  /** When a Console refused: all that it said. */
  readonly consoleErrors?: readonly ConsoleError[]
}

/** One thing that a Console objected to. Source: section 1.6 of the wire contract. */
export interface ConsoleError {
  /** The HTTP status it would have alone. */
  readonly code: number
  readonly title: string
  readonly description: string
  /** The component that speaks: `elemental`, `gaia`, … */
  readonly subject: string
  /** The attribute that it is about. */
  readonly attribute?: string
  /** What the Console calls the request in its own logs. */
  readonly trace?: string
}

/** What an error looks like in JSON. Only these fields: an error may carry tokens in others. */
export interface ErrorDocument {
  readonly code: ErrorCode
  readonly message: string
  readonly hints: readonly string[]
  readonly exitCode: ExitCode
  /** Present when a Console answered with errors. */
  readonly consoleErrors?: readonly ConsoleError[]
}

/**
 * Something went wrong that apoctl understands: what happened, to what, why, and what to do next.
 * Anything thrown that is not one of these is a bug, and is reported as such.
 */
export class ApoctlError extends Error {
  override readonly name = 'ApoctlError'
  readonly code: ErrorCode
  readonly hints: readonly string[]
  readonly consoleErrors: readonly ConsoleError[]

  /** `message` says what happened to what, in one sentence without a full stop. */
  constructor(what: readonly [code: ErrorCode, message: string], options: ApoctlErrorOptions = {}) {
    const [code, message] = what
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hints = options.hints ?? errorCatalog[code].fix
    this.consoleErrors = options.consoleErrors ?? []
  }

  /** The same error in other words, or with other hints; what it knows besides stays. */
  restated(how: { readonly message?: string; readonly hints?: readonly string[] }): ApoctlError {
    const { message = this.message, hints = this.hints } = how
    const { cause, consoleErrors } = this
    return new ApoctlError([this.code, message], { hints, cause, consoleErrors })
  }

  get exitCode(): ExitCode {
    return errorCatalog[this.code].exitCode
  }

  toDocument(): ErrorDocument {
    const { code, message, hints, exitCode, consoleErrors } = this
    return { code, message, hints, exitCode, ...(consoleErrors.length > 0 && { consoleErrors }) }
  }
}
