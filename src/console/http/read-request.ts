import type { IncomingMessage } from 'node:http'
import type { Call } from '../call.ts'
import { refuse } from '../refused-request.ts'
import { accessTo } from '../resources/call-resource.ts'
import type { Access } from '../resources/resource.ts'
import { checkConsistency } from './check-consistency.ts'
import { readParameters } from './read-parameters.ts'
import { routeRequest } from './route.ts'

export interface ReceivedRequest {
  readonly request: IncomingMessage
  readonly url: URL
  readonly method: string
}

/** What a request asks, before anybody knows who asks. */
export type ReadRequest = Omit<Call, 'client' | 'caller' | 'namespace' | 'body'> & {
  readonly access: Access
}

export function readRequest(received: ReceivedRequest): ReadRequest {
  const { request, url, method } = received
  const { target, route } = routeRequest(method, url.pathname)
  const parameters = readParameters(url.searchParams, {
    operation: target.operation,
    declared: route.parameters,
    required: route.requiredParameters,
  })
  const idempotencyKey = request.headers['idempotency-key']
  checkConsistency(request)
  if (Array.isArray(idempotencyKey) || (idempotencyKey?.length ?? 0) > 256) {
    throw refuse(400, 'The Idempotency-Key must be one text of at most 256 characters')
  }
  return {
    ...target,
    parameters,
    access: accessTo(target.definition),
    ...(idempotencyKey === undefined || idempotencyKey === '' ? {} : { idempotencyKey }),
  }
}
