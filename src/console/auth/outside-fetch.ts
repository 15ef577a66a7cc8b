import { request as plainRequest, type IncomingMessage } from 'node:http'
import { request as secureRequest } from 'node:https'
import { withDeadline } from '../../lib/async/deadline.ts'
import { readBounded } from '../../lib/async/read-bounded.ts'
import { serverAddressProblem } from '../../contract/server-address.ts'

/** As the web's fetch, for what libraries and the Console ask of servers elsewhere. */
export type OutsideFetch = (url: string, init?: OutsideRequest) => Promise<Response>

export interface OutsideRequest {
  readonly method?: string
  readonly headers?: RequestInit['headers']
  readonly body?: RequestInit['body'] | undefined
  readonly signal?: AbortSignal | null | undefined
}

export interface OutsideOptions {
  /** The authorities to trust, PEM; those of Node if none are given. */
  readonly ca?: readonly string[] | undefined
  readonly timeoutMs: number
}

/** A server elsewhere gave no answer that can be used. The message is for the operator, not for clients. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError'
}

/** Sets of keys and answers about one identity are a tenth of this. */
const mostBytes = 262_144

/**
 * Asks servers elsewhere, whom the Console has to believe: over verified TLS (or on this machine), once, with
 * one deadline for everything, and within a size. Redirects are answers and not followed: whoever is asked for
 * its keys does not get to name somebody else. Not the fetch of Node, which cannot be given an authority.
 */
export function createOutsideFetch(options: OutsideOptions): OutsideFetch {
  return async (url, init) => {
    const problem = serverAddressProblem(url)
    if (problem !== undefined) throw new OutsideError(problem)
    const { signal: parent, body: given, ...rest } = init ?? {}
    const asked = new Request(url, { ...(rest as RequestInit), body: given ?? null })
    const body = Buffer.from(await asked.arrayBuffer())
    try {
      return await withDeadline({ timeoutMs: options.timeoutMs, signal: parent ?? undefined }, (signal) =>
        exchange({ asked, body }, { ...options, signal }),
      )
    } catch (cause) {
      throw new OutsideError(`${new URL(url).origin}: ${(cause as Error).message}`, { cause })
    }
  }
}

function exchange(
  { asked, body }: { readonly asked: Request; readonly body: Buffer },
  { ca, signal }: OutsideOptions & { readonly signal: AbortSignal },
): Promise<Response> {
  const { method, url } = asked
  const headers = { ...Object.fromEntries(asked.headers), 'accept-encoding': 'identity' }
  const trust = ca === undefined ? {} : { ca: [...ca] }
  // Said aloud: a variable of the environment could turn verification off for the whole process.
  const secure = { ...trust, rejectUnauthorized: true, minVersion: 'TLSv1.2' as const }
  return new Promise((resolve, reject) => {
    const take = (answer: IncomingMessage): void => void read(answer).then(resolve, reject)
    const options = { method, headers, signal, agent: false } as const
    const sent = url.startsWith('https:')
      ? secureRequest(url, { ...options, ...secure }, take)
      : plainRequest(url, options, take)
    sent.on('error', reject).end(body)
  })
}

const withoutBody = new Set([204, 205, 304])

async function read(answer: IncomingMessage): Promise<Response> {
  const body = await readBounded(answer, mostBytes)
  const status = answer.statusCode ?? 0
  const headers = new Headers()
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  return new Response(withoutBody.has(status) ? null : body, { status, headers })
}
