import type { IncomingMessage } from 'node:http'
import { countUse, recognize } from '../auth/authenticate.ts'
import type { Principal } from '../auth/principal.ts'
import type { ClientOfCall } from '../call.ts'
import { RefusedRequest } from '../refused-request.ts'
import type { ConsoleServices } from '../services.ts'
import { clientOf } from './connection.ts'

export interface Identified {
  readonly principal: Principal
  readonly client: ClientOfCall
  readonly token: string
}

/** Who a request speaks for. It is counted as theirs before anything is done for it, a use of the token included. */
export async function identify(
  from: { readonly request: IncomingMessage; readonly readToken: () => string },
  services: ConsoleServices,
): Promise<Identified> {
  const client = clientOf(from.request)
  const { principal, token } = await recognizeClient({ ...from, client }, services)
  services.traffic.countClient(principal.claims)
  countUse(principal, services)
  return { principal, client, token }
}

/**
 * Who has no token that is good is a stranger, and counted as one. Only then: whoever has a good one must not
 * suffer from strangers behind the same address.
 */
async function recognizeClient(
  from: { readonly readToken: () => string; readonly client: ClientOfCall },
  services: ConsoleServices,
): Promise<Omit<Identified, 'client'>> {
  const { readToken, client } = from
  try {
    const token = readToken()
    return { token, principal: await recognize(token, { services, clientAddress: client.address }) }
  } catch (error) {
    if (error instanceof RefusedRequest) services.traffic.countStranger(client)
    throw error
  }
}
