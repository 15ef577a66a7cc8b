import type { IncomingMessage, ServerResponse } from 'node:http'

/** A request, and the answer that is to be given to it. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}
