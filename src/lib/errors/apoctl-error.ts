import { errorCatalog, type ErrorCode } from './catalog.ts'
import type { ExitCode } from './exit-code.ts'

export interface ApoctlErrorOptions {
  /** What the reader can type or check next; replaces the catalogue's general advice. */
  readonly hints?: readonly string[]
  readonly cause?: unknown
}

/** What an error looks like in JSON. Only these fields: an error may carry tokens in others. */
export interface ErrorDocument {
  readonly code: ErrorCode
  readonly message: string
  readonly hints: readonly string[]
  readonly exitCode: ExitCode
}

/**
 * Something went wrong that apoctl understands: what happened, to what, why, and what to do next.
 * Anything thrown that is not one of these is a bug, and is reported as such.
 */
export class ApoctlError extends Error {
  override readonly name = 'ApoctlError'
  readonly code: ErrorCode
  readonly hints: readonly string[]

  /** `message` says what happened to what, in one sentence without a full stop. */
  constructor(what: readonly [code: ErrorCode, message: string], options: ApoctlErrorOptions = {}) {
    const [code, message] = what
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hints = options.hints ?? errorCatalog[code].fix
  }

  get exitCode(): ExitCode {
    return errorCatalog[this.code].exitCode
  }

  toDocument(): ErrorDocument {
    return { code: this.code, message: this.message, hints: this.hints, exitCode: this.exitCode }
  }
}
