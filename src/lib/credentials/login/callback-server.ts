import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { withDeadline } from '../../async/deadline.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'

/** Where a browser comes back to after a login: a server on the loopback, for one answer. */
export interface CallbackServer {
  /** `http://localhost:65332` */
  readonly url: string
  /** The parameters of the first return that carries `state`. Throws APO-LOGIN-CALLBACK when the time is over. */
  answer(
    state: string,
    wait: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<URLSearchParams>
  close(): Promise<void>
}

const page = (text: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>apoctl</title><p>${text}</p></html>\n`
const headers = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'",
  'Cache-Control': 'no-store',
  Connection: 'close',
}

/** Listens on the loopback. Throws APO-LOGIN-CALLBACK when the port is taken. */
export async function openCallbackServer(port: number): Promise<CallbackServer> {
  let deliver: ((answer: URLSearchParams) => boolean) | undefined
  const server = createServer((request, response) => {
    const { status, text } = judge(request, (answer) => deliver?.(answer) ?? false)
    send(response, { status, text })
  })
  await listen(server, port)
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    answer: (state, wait) =>
      withDeadline(
        wait,
        (signal) =>
          new Promise<URLSearchParams>((resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
            deliver = (answer) => {
              if (answer.get('state') !== state) return false
              resolve(answer)
              return true
            }
          }),
      ).catch((error: unknown) => {
        wait.signal.throwIfAborted()
        const text = 'nobody came back from the browser in time'
        throw new ApoctlError(['APO-LOGIN-CALLBACK', text], { cause: error })
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const text = `port ${port} of this machine cannot be listened on (${error.code ?? ''})`
      const hints = ['Choose another with --port.']
      reject(new ApoctlError(['APO-LOGIN-CALLBACK', text], { hints, cause: error }))
    })
    server.listen(port, '127.0.0.1', resolve)
  })
}

/** Only a GET of / that carries the state of this login ends the wait: anybody on the machine can ask. */
function judge(request: IncomingMessage, deliver: (answer: URLSearchParams) => boolean) {
  const url = new URL(request.url ?? '/', 'http://localhost')
  if (request.method !== 'GET' || url.pathname !== '/') return { status: 404, text: 'There is nothing here.' }
  return deliver(url.searchParams)
    ? { status: 200, text: 'apoctl has the answer. You can close this page.' }
    : { status: 400, text: 'This is not the answer to the login that apoctl is waiting for.' }
}

function send(
  response: ServerResponse,
  { status, text }: { readonly status: number; readonly text: string },
): void {
  response.writeHead(status, headers).end(page(text))
}
