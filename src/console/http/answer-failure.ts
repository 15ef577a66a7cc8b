import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { RefusedRequest } from '../refused-request.ts'
import type { ConsoleServices } from '../services.ts'
import type { Exchange } from './exchange.ts'
import { sendErrors } from './send-answer.ts'

interface Failed {
  readonly error: unknown
  readonly services: ConsoleServices
}

/** Answers a request that was refused, or that we failed at; what is our own fault is noted. */
export function answerFailure({ request, response }: Exchange, { error, services }: Failed): void {
  // A client that left does not hear anything any more.
  const hasLeft = request.destroyed && !request.complete && !(error instanceof RefusedRequest)
  if (response.headersSent || hasLeft) {
    // An answer that breaks off although somebody reads it is a failure of ours.
    if (!hasLeft && !saysClientLeft(error)) errorsOf(error, { request, services })
    response.destroy()
    return
  }
  // What is left of the body is not worth waiting for.
  if (!request.complete) response.setHeader('Connection', 'close')
  if (error instanceof RefusedRequest && error.retryAfterSeconds !== undefined) {
    response.setHeader('Retry-After', String(error.retryAfterSeconds))
  }
  sendErrors(response, errorsOf(error, { request, services }))
}

/** What streams say when the other side goes in the middle of an answer. */
const leaving = ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE']

function saysClientLeft(error: unknown): boolean {
  return error instanceof Error && 'code' in error && leaving.includes(String(error.code))
}

function errorsOf(
  error: unknown,
  from: { readonly request: IncomingMessage; readonly services: ConsoleServices },
): RefusedRequest['errors'] {
  if (error instanceof RefusedRequest) return error.errors
  const { request, services } = from
  // Without the query: it may hold a token.
  const path = (request.url ?? '').split('?')[0] ?? ''
  const trace = randomBytes(8).toString('hex')
  const tracking = trackingOf(request)
  services.world.note({ type: 'request-failed', method: request.method ?? '', path, trace, tracking, error })
  return [
    {
      code: 500,
      title: 'Internal Server Error',
      description: 'The Console failed to answer',
      subject: 'console',
      trace,
    },
  ]
}

/** What the client calls this request, so that its records and ours can be put together. */
function trackingOf({ headersDistinct }: IncomingMessage): string | undefined {
  const [type] = headersDistinct['x-external-tracking-type'] ?? []
  const [id] = headersDistinct['x-external-tracking-id'] ?? []
  const text = [type, id].filter((part) => part !== undefined).join(' ')
  return text === '' ? undefined : text.slice(0, 256)
}
