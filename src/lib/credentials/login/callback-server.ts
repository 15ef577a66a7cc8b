import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Secret } from '../../secrets/secret.ts'
import { pages, sendPage, type CallbackPage } from './callback-page.ts'
import { isAnswer, type ExpectedAnswer } from './expected-answer.ts'
import { listenOnLoopback } from './loopback-listener.ts'

/** Where a browser comes back to after a login: a server on the loopback, for one answer. */
export interface CallbackServer {
  /** `http://localhost:65332` */
  readonly url: string
  /** The first return that answers this login; rejects with the reason of the signal. */
  answer(expected: ExpectedAnswer, signal: AbortSignal): Promise<URLSearchParams>
  close(): Promise<void>
}

export interface CallbackOptions {
  readonly port: number
  /** For https: key and certificates in one PEM text. */
  readonly tlsPem?: Secret | undefined
  /** Hears that a browser does not take the certificate. */
  readonly onDistrust?: (() => void) | undefined
}

interface Waiting {
  readonly expected: ExpectedAnswer
  readonly resolve: (answer: URLSearchParams) => void
}

/** Ten times what the largest providers send. */
const mostBytes = 512 * 1024
/** A form that takes longer than this on the loopback is not coming. */
const slowestFormMs = 10_000
const formType = 'application/x-www-form-urlencoded'

/** Listens on the loopback. Throws APO-LOGIN-CALLBACK when the port is taken. */
export async function openCallbackServer(options: CallbackOptions): Promise<CallbackServer> {
  let waiting: Waiting | undefined
  const makeServer = (): Server => {
    const server = createWebServer(options)
    server.requestTimeout = slowestFormMs
    server.headersTimeout = slowestFormMs
    server.on('request', (request, response) => {
      void judge(request, waiting).then((page) => sendPage(response, page))
    })
    return server
  }
  const listener = await listenOnLoopback(makeServer, options.port)
  return {
    url: `${options.tlsPem === undefined ? 'http' : 'https'}://localhost:${listener.port}`,
    answer: (expected, signal) =>
      new Promise<URLSearchParams>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
        waiting = { expected, resolve }
      }),
    close: () => listener.close(),
  }
}

function createWebServer({ tlsPem, onDistrust }: CallbackOptions): Server {
  if (tlsPem === undefined) return createServer()
  const pem = tlsPem.reveal()
  const server = createTlsServer({ key: pem, cert: pem, minVersion: 'TLSv1.2' })
  server.on('tlsClientError', (error) => {
    // What browsers say who do not know the authority, OpenSSL's names for it.
    const code = 'code' in error ? String(error.code) : ''
    if (/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN)$/.test(code)) onDistrust?.()
  })
  return server
}

/** Only the answer to this login ends the wait: anybody on the machine, and any page in a browser, can ask. */
async function judge(request: IncomingMessage, waiting: Waiting | undefined): Promise<CallbackPage> {
  const target = request.url ?? ''
  if (!/^\/(?:\?|$)/.test(target)) return pages.nothing
  if (waiting === undefined) return pages.wrongAnswer
  const { place } = waiting.expected
  if (place === 'fragment' && request.method === 'GET') return pages.relay
  if (request.method !== (place === 'query' ? 'GET' : 'POST')) return pages.wrongMethod
  return place === 'query' ? take(new URLSearchParams(target.slice(1)), waiting) : judgeForm(request, waiting)
}

async function judgeForm(request: IncomingMessage, waiting: Waiting): Promise<CallbackPage> {
  const [type] = (request.headers['content-type'] ?? '').split(';')
  if (type?.trim().toLowerCase() !== formType) return pages.wrongForm
  const form = await readForm(request)
  return form === undefined ? pages.tooLarge : take(new URLSearchParams(form), waiting)
}

function take(answer: URLSearchParams, { expected, resolve }: Waiting): CallbackPage {
  if (!isAnswer(answer, expected)) return pages.wrongAnswer
  resolve(answer)
  return pages.done
}

/** Undefined when there is more than fits, and empty when the other end goes away. */
async function readForm(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    // The connection is still needed to say that it was too much.
    const parts = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
    for await (const chunk of parts) {
      bytes += chunk.length
      if (bytes > mostBytes) return undefined
      chunks.push(chunk)
    }
  } catch {
    return ''
  }
  return Buffer.concat(chunks).toString('utf8')
}
