import { bodyLimitOf, callResource } from '../resources/call-resource.ts'
import type { ConsoleServices } from '../services.ts'
import { admit, admitAgain } from './admit.ts'
import { deprecations } from './deprecations.ts'
import type { Exchange } from './exchange.ts'
import { answersAs, readsAs } from './negotiate.ts'
import { readBody } from './read-body.ts'
import { readRequest } from './read-request.ts'
import { sendAnswer } from './send-answer.ts'
import { whenOver } from './when-over.ts'

/** Answers what is asked of the API itself: who may, does what it asks. */
export async function answerApi(
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
  const messages = deprecations({ ...call, body })
  if (messages.length > 0) response.setHeader('X-Messages', messages.join(';'))
  const answer = await callResource({ call: { ...call, body }, services })
  await sendAnswer(response, { answer, request, encoding, definition: call.definition })
}

/** What anybody may send: larger than any proof of who somebody is. */
const strangersBytes = 131_072
const hasBody = new Set(['POST', 'PUT', 'PATCH'])
