import type { IncomingMessage } from 'node:http'
import { parseNamespaceName } from '../../contract/namespace-name.ts'
import { authenticate } from '../auth/authenticate.ts'
import { mayListenIn } from '../auth/authorize.ts'
import type { Principal } from '../auth/principal.ts'
import { clientOf, urlOf } from '../http/connection.ts'
import { answersAs, readsAs } from '../http/negotiate.ts'
import { tokenOfRequest } from '../http/token-of-request.ts'
import { refuse } from '../refused-request.ts'
import type { ConsoleServices } from '../services.ts'
import type { SessionOptions } from './event-session.ts'

export type AdmittedReader = Omit<SessionOptions, 'socket'> & { readonly principal: Principal }

/** Finds out who wants to hear of what, and whether they may. */
export async function admitReader(
  request: IncomingMessage,
  services: ConsoleServices,
): Promise<AdmittedReader> {
  const url = urlOf(request)
  if (url.pathname !== '/events') throw refuse(404, 'Only /events is a WebSocket')
  const encodings = { reads: readsAs(request.headers), writes: answersAs(request.headers) }
  const token = url.searchParams.get('token') ?? tokenOfRequest(request, services.url)
  const { address } = clientOf(request)
  const principal = await authenticate(token, { services, clientAddress: address })
  const namespace = parseNamespaceName(url.searchParams.get('namespace') ?? '')
  if (!namespace.ok) throw refuse(400, namespace.problem)
  if (!mayListenIn(principal, namespace.value)) {
    throw refuse(403, `You are not allowed to hear of namespace '${namespace.value}'`)
  }
  return {
    ...encodings,
    principal,
    token,
    namespace: namespace.value,
    recursive: url.searchParams.get('mode') === 'all',
    answersErrors: url.searchParams.has('enableErrors'),
    clientAddress: address,
  }
}
