import type { IncomingMessage } from 'node:http'
import { parseNamespaceName } from '../../contract/namespace-name.ts'
import { mayListenIn } from '../auth/authorize.ts'
import type { Principal } from '../auth/principal.ts'
import { urlOf } from '../http/connection.ts'
import { identify } from '../http/identify.ts'
import { answersAs, readsAs } from '../http/negotiate.ts'
import { tokenOfRequest } from '../http/token-of-request.ts'
import { refuse } from '../refused-request.ts'
import type { ConsoleServices } from '../services.ts'
import type { SessionOptions } from './event-session.ts'

export interface AdmittedReader extends Omit<SessionOptions, 'socket'> {
  readonly principal: Principal
  /** To be called when the reader is gone. */
  readonly gone: () => void
}

/** Finds out who wants to hear of what, and whether they may. */
export async function admitReader(
  request: IncomingMessage,
  services: ConsoleServices,
): Promise<AdmittedReader> {
  const url = urlOf(request)
  if (url.pathname !== '/events') throw refuse(404, 'Only /events is a WebSocket')
  const encodings = { reads: readsAs(request.headers), writes: answersAs(request.headers) }
  const readToken = (): string => url.searchParams.get('token') ?? tokenOfRequest(request, services.url)
  const { principal, client, token } = await identify({ request, readToken }, services)
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
    clientAddress: client.address,
    gone: services.traffic.beginReading(principal.claims),
  }
}
