import { attributeOfWireError, parseWireErrors, type WireError } from '../../contract/wire-error.ts'
import { DeadlinePassed } from '../async/deadline.ts'
import { ApoctlError, type ConsoleError } from '../errors/apoctl-error.ts'
import type { ErrorCode } from '../errors/catalog.ts'
import { AnswerTooLong } from './wire/answer-too-long.ts'
import { RefusedByProxy } from './wire/refused-by-proxy.ts'
import type { WireAnswer } from './wire/wire.ts'

/** The one place that knows what network errors and HTTP statuses mean. */

/** Broken connections: nothing of the request may have arrived, or all of it. */
const brokenConnection = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ECONNABORTED',
  'EAI_AGAIN', 'ENOTFOUND', 'EADDRNOTAVAIL', 'UND_ERR_SOCKET', 'UND_ERR_CLOSED', 'UND_ERR_DESTROYED',
]) // prettier-ignore
const tooLate = new Set([
  'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT',
]) // prettier-ignore
const notTrusted =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_|ERR_SSL_|ERR_OSSL_|HOSTNAME_MISMATCH|EPROTO)/

/** Of the parser, of undici, of the decompression. */
const notHttp = /^(HPE_|UND_ERR_|Z_)/

const unknownAuthority = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]) // prettier-ignore

/** A name that does not exist will not exist in a second; the rest may heal. */
const hopeless = new Set(['ENOTFOUND'])
/** 1.6 of the contract: what the official client tries again. */
const worthRetrying = new Set([408, 423, 429, 502, 503, 504])

/** The Console answered, and the answer is an error. */
export class RefusedByConsole extends Error {
  override readonly name = 'RefusedByConsole'
  readonly status: number
  /** Empty when the body is not what a Console answers: a proxy may have. */
  readonly items: readonly WireError[]
  /** From Retry-After. */
  readonly retryAfterMs: number | undefined

  constructor(answer: WireAnswer) {
    const items = parseItems(answer.body)
    super(`HTTP ${answer.status}${items.map(whereItIs).join('')}`)
    this.status = answer.status
    this.items = items
    this.retryAfterMs = parseRetryAfter(answer.headers)
  }
}

/** What failed, and whether sending the same again may help. */
export function isWorthRetrying(error: unknown): boolean {
  if (error instanceof RefusedByConsole) return worthRetrying.has(error.status)
  const code = codeOf(error)
  return (brokenConnection.has(code) || tooLate.has(code)) && !hopeless.has(code)
}

/** How long the Console asked to be left alone, when it said so with its refusal. */
export function askedRestMs(error: unknown): number | undefined {
  const refusal = error instanceof ApoctlError ? error.cause : error
  return refusal instanceof RefusedByConsole ? refusal.retryAfterMs : undefined
}

/** Which call an error is about. */
export interface CallAbout {
  /** `GET /enforcers` */
  readonly what: string
  /** The address of the Console. */
  readonly api: string
  /** The address of the proxy in between. */
  readonly proxy?: string | undefined
}

/**
 * Says what went wrong with a call in apoctl's own words. `what` is the call: `GET /enforcers`, and
 * `api` the Console. What the caller aborted itself is passed on unchanged, so is what we know already.
 */
export function translateApiError(error: unknown, about: CallAbout): unknown {
  if (error instanceof ApoctlError) return error
  if (error instanceof RefusedByConsole) return translateRefusal(error, about)
  if (error instanceof DeadlinePassed)
    return new ApoctlError(
      ['APO-API-TIMEOUT', `${about.api} did not answer ${about.what}: ${error.message}`],
      {
        cause: error,
      },
    )
  const code = codeOf(error)
  const through = throughProxy(about)
  const failed = (errorCode: ErrorCode, text: string) => new ApoctlError([errorCode, text], { cause: error })
  if (tooLate.has(code))
    return failed('APO-API-TIMEOUT', `${about.api} did not answer ${about.what}${through} in time (${code})`)
  if (brokenConnection.has(code))
    return failed('APO-API-UNREACHABLE', `${about.api} cannot be reached${through} (${code})`)
  if (error instanceof RefusedByProxy)
    return failed('APO-API-UNREACHABLE', `${about.api} cannot be reached${through}: ${error.message}`)
  if (error instanceof AnswerTooLong)
    return failed('APO-API-ANSWER', `${about.api} answered ${about.what} with too much: ${error.message}`)
  if (notTrusted.test(code))
    return failed('APO-API-TLS', `the certificate of ${about.api} is not trusted (${code})`)
  if (notHttp.test(code))
    return failed(
      'APO-API-ANSWER',
      `${about.api} answered ${about.what} with something that is not HTTP (${code})`,
    )
  return error
}

function throughProxy({ proxy }: CallAbout): string {
  return proxy === undefined ? '' : ` through the proxy ${proxy}`
}

function translateRefusal(error: RefusedByConsole, about: CallAbout): ApoctlError {
  const said = error.items.map(sentenceOf).filter((text) => text !== '')
  const reason = said.length > 0 ? said.join('; ') : `HTTP ${error.status}`
  const { retryAfterMs = 0 } = error
  const rest = retryAfterMs > 0 ? `; it wants to be left alone for ${Math.ceil(retryAfterMs / 1000)} s` : ''
  const message = `${about.api} refused ${about.what}: ${reason}${rest}`
  const consoleErrors = error.items.map(consoleErrorOf)
  return new ApoctlError([codeForRefusal(error), message], { cause: error, consoleErrors })
}

function consoleErrorOf(item: WireError): ConsoleError {
  const { code, title, description, subject, trace } = item
  const attribute = attributeOfWireError(item)
  return {
    code,
    title,
    description,
    subject,
    ...(attribute !== undefined && { attribute }),
    ...(trace !== undefined && { trace }),
  }
}

/** What a status means on its own. 417 is a token whose quota is used up. */
const meaningOfStatus: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'APO-API-AUTH'],
  [403, 'APO-API-FORBIDDEN'],
  [404, 'APO-API-NOT-FOUND'],
  [405, 'APO-API-UNSUPPORTED'],
  [408, 'APO-API-UNAVAILABLE'],
  [417, 'APO-API-AUTH'],
  [423, 'APO-API-UNAVAILABLE'],
  [429, 'APO-API-UNAVAILABLE'],
  [501, 'APO-API-UNSUPPORTED'],
])

function codeForRefusal({ status, items }: RefusedByConsole): ErrorCode {
  if (items.length === 0 && status < 500 && status !== 429) return codeWithoutItems(status)
  if (items.some((item) => item.title === 'Duplicate Key')) return 'APO-API-DUPLICATE'
  return meaningOfStatus.get(status) ?? (status >= 500 ? 'APO-API-UNAVAILABLE' : 'APO-API-REJECTED')
}

/** Every Console answers errors with its array; what has none came from something between. */
function codeWithoutItems(status: number): ErrorCode {
  if (status === 401) return 'APO-API-AUTH'
  return status === 403 ? 'APO-API-FORBIDDEN' : 'APO-API-ANSWER'
}

/** What the operator of the Console needs in order to find it in its logs. */
function whereItIs({ code, subject, trace }: WireError): string {
  return ` (${code} of ${subject === '' ? 'nobody' : subject}${trace === undefined ? '' : `, trace ${trace}`})`
}

function sentenceOf(item: WireError): string {
  return [item.title, item.description].filter((text) => text !== '').join(': ')
}

function parseItems(body: Buffer): readonly WireError[] {
  try {
    return parseWireErrors(JSON.parse(body.toString('utf8'))) ?? []
  } catch {
    return []
  }
}

function parseRetryAfter(headers: ReadonlyMap<string, string>): number | undefined {
  const value = headers.get('retry-after')
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  // Date.parse() makes a date of nearly everything, "-5" included.
  const then = /^[A-Z][a-z]{2,8}, /.test(value) ? Date.parse(value) : NaN
  // By the clock of whoever wrote it, where that is known.
  const now = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(then) ? undefined : Math.max(0, then - (Number.isNaN(now) ? Date.now() : now))
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause === undefined ? '' : codeOf(error.cause)
}

/** True when a certificate was refused because none of the trusted authorities has signed it. */
export function isUnknownAuthority(error: unknown): boolean {
  return error instanceof Error && 'code' in error && unknownAuthority.has(String(error.code))
}
