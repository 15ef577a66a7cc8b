import { decode } from '@msgpack/msgpack'
import { Agent, request } from 'node:https'

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly bytes: Buffer
  /** The body, as JSON or msgpack as it says; undefined without one. */
  readonly body: unknown
}

export interface OutgoingRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Buffer | undefined
  readonly certificate: { readonly cert: string; readonly key: string } | undefined
}

/** Speaks to a Console with nothing but node:https, as a client that somebody else wrote would. */
export interface Wire {
  send(outgoing: OutgoingRequest): Promise<WireAnswer>
  close(): void
}

const deadlineMs = 60_000

export function openWire(url: string, caPem: string): Wire {
  const plain = new Agent({ ca: caPem, keepAlive: true })
  return {
    send: async (outgoing) => {
      // A connection with a certificate is its own: sessions must not carry it over.
      const agent =
        outgoing.certificate === undefined
          ? plain
          : new Agent({ ca: caPem, maxCachedSessions: 0, ...outgoing.certificate })
      try {
        return await exchange(outgoing, { url, agent })
      } finally {
        if (agent !== plain) agent.destroy()
      }
    },
    close: () => plain.destroy(),
  }
}

function exchange(
  { method, path, headers, body }: OutgoingRequest,
  { url, agent }: { readonly url: string; readonly agent: Agent },
): Promise<WireAnswer> {
  const { hostname, port } = new URL(url)
  const options = { hostname: hostname.replace(/^\[|\]$/g, ''), port, agent, method, path }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { ...options, headers: headers as Record<string, string>, signal: AbortSignal.timeout(deadlineMs) },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const bytes = Buffer.concat(chunks)
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Record<string, string | undefined>,
            bytes,
            body: readAnswerBody(bytes, response.headers['content-type']),
          })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

export function readAnswerBody(bytes: Buffer, type = ''): unknown {
  if (bytes.length === 0) return undefined
  try {
    if (type === 'application/msgpack') return decode(bytes)
    return type.startsWith('application/json') ? (JSON.parse(bytes.toString('utf8')) as unknown) : undefined
  } catch {
    return undefined
  }
}
