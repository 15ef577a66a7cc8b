import { isPackagePath, sendPackage } from '../packages/send-package.ts'
import { refuse } from '../refused-request.ts'
import type { ConsoleServices } from '../services.ts'
import { answerApi } from './answer-api.ts'
import { answerFailure } from './answer-failure.ts'
import { clientOf, urlOf } from './connection.ts'
import type { Exchange } from './exchange.ts'
import { answerMeta } from './meta.ts'
import { errorsAs } from './negotiate.ts'
import { acceptHeader, sendAnswer } from './send-answer.ts'

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

async function answerRequest(exchange: Exchange, services: ConsoleServices): Promise<void> {
  const { request } = exchange
  const method = request.method ?? 'GET'
  if (request.headers.host === undefined) throw refuse(400, 'The request needs a header Host')
  // Newer parsers of Node refuse it themselves; the one of 20.19 passes it on.
  if (request.headers[''] !== undefined) throw refuse(400, 'The request has a header without a name')
  const url = urlOf(request)
  if (await answerPlainly(exchange, { url, services })) return
  await answerApi(exchange, { url, method, services })
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
