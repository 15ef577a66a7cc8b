import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { ApiAnswer, ApiCall } from '../call.ts'
import type { WireAnswer } from '../wire/wire.ts'

/** Parses an answer that is not an error. Throws APO-API-ANSWER when it is not JSON. */
export function readAnswer(answer: WireAnswer, call: ApiCall): ApiAnswer {
  const { headers } = answer
  const total = Number(headers.get('x-count-total') ?? NaN)
  const next = headers.get('x-next')
  const date = Date.parse(headers.get('date') ?? '')
  return {
    status: answer.status,
    body: parseBody(answer, call),
    total: Number.isInteger(total) ? total : undefined,
    next: next === '' ? undefined : next,
    location: headers.get('location'),
    messages: (headers.get('x-messages') ?? '')
      .split(';')
      .map((text) => text.trim())
      .filter((text) => text !== ''),
    serverTimeMs: Number.isNaN(date) ? undefined : date,
  }
}

function parseBody(answer: WireAnswer, call: ApiCall): unknown {
  if (answer.body.length === 0) return undefined
  const text = answer.body.toString('utf8')
  const type = answer.headers.get('content-type') ?? ''
  // Meta data comes as PEM and plain text as well.
  if (call.path[0] === '_meta' && !type.includes('json')) return text
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const what = `${call.method} /${call.path.join('/')}`
    throw new ApoctlError(
      ['APO-API-ANSWER', `the answer to ${what} is not JSON but ${type || 'of no stated type'}`],
      {
        cause: error,
      },
    )
  }
}
