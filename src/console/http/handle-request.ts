import type { IncomingMessage } from 'node:http'
import { refuse, RefusedRequest } from '../refused-request.ts'
import { bodyLimitOf, callResource } from '../resources/call-resource.ts'
import type { ConsoleServices } from '../services.ts'
import { admit, admitAgain } from './admit.ts'
import { clientOf, urlOf } from './connection.ts'
import type { Exchange } from './exchange.ts'
import { answerMeta } from './meta.ts'
import { answersAs, errorsAs, readsAs } from './negotiate.ts'
import { readBody } from './read-body.ts'
import { readRequest } from './read-request.ts'
import { acceptHeader, sendAnswer, sendErrors } from './send-answer.ts'
import { whenOver } from './when-over.ts'

/** Answers one request, whatever it is; never rejects. */
export async function handleRequest(exchange: Exchange, services: ConsoleServices): Promise<void> {
  const { response } = exchange
  response.setHeader('Accept', acceptHeader)
  try {
    await answerRequest(exchange, services)
  } catch (error) {
    answerFailure(exchange, { error, services })
  }
}

interface Failed {
  readonly error: unknown
  readonly services: ConsoleServices
}

function answerFailure({ request, response }: Exchange, { error, services }: Failed): void {
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

async function answerRequest(exchange: Exchange, services: ConsoleServices): Promise<void> {
  const { request, response } = exchange
  const method = request.method ?? 'GET'
  if (request.headers.host === undefined) throw refuse(400, 'The request needs a header Host')
  // Newer parsers of Node refuse it themselves; the one of 20.19 passes it on.
  if (request.headers[''] !== undefined) throw refuse(400, 'The request has a header without a name')
  const url = urlOf(request)
  if (url.pathname === '/' && method === 'GET') {
    const encoding = errorsAs(request.headers)
    await sendAnswer(response, { answer: { status: 200, body: {} }, request, encoding })
    return
  }
  const meta = /^\/_meta\/([a-z]+)$/.exec(url.pathname)?.[1]
  if (meta !== undefined) {
    sendMeta(exchange, { name: meta, services })
    return
  }
  await answerApi(exchange, { url, method, services })
}

async function answerApi(
  exchange: Exchange,
  received: { readonly url: URL; readonly method: string; readonly services: ConsoleServices },
): Promise<void> {
  const { request, response } = exchange
  const { url, method, services } = received
  const encoding = answersAs(request.headers)
  const read = hasBody.has(method) ? readsAs(request.headers) : 'json'
  const call = await admit(readRequest({ request, url, method }), { request, services })
  whenOver(exchange, services.traffic.begin(call))
  // Only now: strangers do not get to fill the memory.
  const usual = bodyLimitOf(call.definition, services.limits)
  const limitBytes = call.caller === undefined ? Math.min(usual, strangersBytes) : usual
  const body = await readBody(request, { limitBytes, encoding: read })
  admitAgain(call)
  const answer = await callResource({ call: { ...call, body }, services })
  await sendAnswer(response, { answer, request, encoding, definition: call.definition })
}

/** What anybody may send: larger than any proof of who somebody is. */
const strangersBytes = 131_072
const hasBody = new Set(['POST', 'PUT', 'PATCH'])

function sendMeta(
  { request, response }: Exchange,
  what: { readonly name: string; readonly services: ConsoleServices },
): void {
  if (request.method !== 'GET') throw refuse(405, 'Only GET is allowed under /_meta')
  what.services.traffic.countStranger(clientOf(request))
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
  services.world.note({ type: 'request-failed', method: request.method ?? '', path, error })
  return [
    {
      code: 500,
      title: 'Internal Server Error',
      description: 'The Console failed to answer',
      subject: 'console',
    },
  ]
}
