import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isPackagePath, sendPackage } from '../packages/send-package.ts'
import { refuse, RefusedRequest } from '../refused-request.ts'
import { bodyLimitOf, callResource } from '../resources/call-resource.ts'
import type { ConsoleServices } from '../services.ts'
import { admit, admitAgain } from './admit.ts'
import { urlOf } from './connection.ts'
import { deprecations } from './deprecations.ts'
import { answerMeta } from './meta.ts'
import { answersAs, errorsAs, readsAs } from './negotiate.ts'
import { readBody } from './read-body.ts'
import { readRequest } from './read-request.ts'
import { acceptHeader, sendAnswer, sendErrors } from './send-answer.ts'

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Answers one request, whatever it is; never rejects. */
export async function handleRequest(exchange: Exchange, services: ConsoleServices): Promise<void> {
  const { request, response } = exchange
  response.setHeader('Accept', acceptHeader)
  try {
    await answerRequest(exchange, services)
  } catch (error) {
    // A client that left does not hear anything any more.
    if (
      response.headersSent ||
      (request.destroyed && !request.complete && !(error instanceof RefusedRequest))
    ) {
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
}

async function answerRequest(exchange: Exchange, services: ConsoleServices): Promise<void> {
  const { request, response } = exchange
  const method = request.method ?? 'GET'
  if (request.headers.host === undefined) throw refuse(400, 'The request needs a header Host')
  // Newer parsers of Node refuse it themselves; the one of 20.19 passes it on.
  if (request.headers[''] !== undefined) throw refuse(400, 'The request has a header without a name')
  const url = urlOf(request)
  if (await answerPlainly(exchange, { url, services })) return
  const encoding = answersAs(request.headers)
  const read = hasBody.has(method) ? readsAs(request.headers) : 'json'
  const call = await admit(readRequest({ request, url, method }), { request, services })
  // Only now: strangers do not get to fill the memory.
  const limitBytes = bodyLimitOf(call.definition, services.limits)
  const body = await readBody(request, { limitBytes, encoding: read })
  admitAgain(call)
  const messages = deprecations({ ...call, body })
  if (messages.length > 0) response.setHeader('X-Messages', messages.join(';'))
  const answer = await callResource({ call: { ...call, body }, services })
  await sendAnswer(response, { answer, request, encoding, definition: call.definition })
}

/** Answers what is no call of the API; false where it is one. */
async function answerPlainly(
  exchange: Exchange,
  asked: { readonly url: URL; readonly services: ConsoleServices },
): Promise<boolean> {
  const { request, response } = exchange
  const { url, services } = asked
  const meta = /^\/_meta\/([a-z]+)$/.exec(url.pathname)?.[1]
  if (url.pathname === '/' && request.method === 'GET') {
    const encoding = errorsAs(request.headers)
    await sendAnswer(response, { answer: { status: 200, body: {} }, request, encoding })
  } else if (meta !== undefined) sendMeta(exchange, { name: meta, services })
  else if (isPackagePath(url.pathname)) await sendPackage({ ...exchange, path: url.pathname }, services)
  else return false
  return true
}

const hasBody = new Set(['POST', 'PUT', 'PATCH'])

function sendMeta(
  { request, response }: Exchange,
  what: { readonly name: string; readonly services: ConsoleServices },
): void {
  if (request.method !== 'GET') throw refuse(405, 'Only GET is allowed under /_meta')
  const { contentType, body } = answerMeta(what.name, what.services)
  response
    .writeHead(200, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) })
    .end(body)
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
