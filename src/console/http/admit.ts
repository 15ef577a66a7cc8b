import type { IncomingMessage } from 'node:http'
import { parseNamespaceName } from '../../contract/namespace-name.ts'
import { authorize } from '../auth/authorize.ts'
import type { Call } from '../call.ts'
import { refuse } from '../refused-request.ts'
import type { ConsoleServices } from '../services.ts'
import { clientOf } from './connection.ts'
import { identify } from './identify.ts'
import type { ReadRequest } from './read-request.ts'
import { tokenOfRequest } from './token-of-request.ts'

/** Finds out who asks and whether they may; where anyone may, nobody is asked for a name. */
export async function admit(
  asked: ReadRequest,
  from: { readonly request: IncomingMessage; readonly services: ConsoleServices },
): Promise<Omit<Call, 'body'>> {
  const { request, services } = from
  if (asked.access === 'anyone') {
    const client = clientOf(request)
    services.traffic.countStranger(client)
    return { ...asked, client, namespace: '' }
  }
  const readToken = (): string => tokenOfRequest(request, services.url)
  const { principal, client } = await identify({ request, readToken }, services)
  // About oneself one may always ask, from nowhere in particular.
  if (asked.access === 'holder') {
    return { ...asked, client, namespace: '', caller: { principal, reach: 'own' } }
  }
  const namespace = namespaceOf(request)
  const reach = authorize(principal, { ...asked, namespace })
  return { ...asked, client, namespace, caller: { principal, reach } }
}

/** Once the body is there, which may have taken its time: what vouched for the caller may be gone since. */
export function admitAgain(call: Omit<Call, 'body'>): void {
  if (call.caller !== undefined && call.namespace !== '') authorize(call.caller.principal, call)
}

function namespaceOf(request: IncomingMessage): string {
  const [header, ...more] = request.headersDistinct['x-namespace'] ?? []
  if (header === undefined || header === '' || more.length > 0) {
    throw refuse(400, 'The request needs one header X-Namespace with the namespace it works in')
  }
  const name = parseNamespaceName(header)
  if (!name.ok) throw refuse(400, name.problem)
  return name.value
}
