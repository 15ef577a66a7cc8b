import { execFileSync } from 'node:child_process'
import { createServer, type Server } from 'node:https'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import type { TLSSocket } from 'node:tls'
import { join } from 'node:path'

export interface SeenRequest {
  readonly line: string
  /** Header lines as they came, names in lower case. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

export interface ScriptedAnswer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: unknown
  /** Ends the connection without a word. */
  readonly hangUp?: true
  /** Never answers. */
  readonly silence?: true
}

export interface ScriptedServer {
  readonly api: string
  readonly certificatePem: string
  readonly seen: SeenRequest[]
  /** One more answer, for scripts that have to know the address. */
  add(answer: ScriptedAnswer): void
  /** Connections that were made, to see that they are kept. */
  readonly connections: () => number
  /** Of each connection, whether it resumed a session of an earlier one. */
  readonly resumed: boolean[]
  close(): Promise<void>
}

/**
 * Plays a Console that misbehaves on purpose, which the real one cannot be made to do. Strict: a
 * request beyond the script is answered 599, which nothing retries, and shows in `seen`.
 */
export async function startScriptedServer(
  given: readonly ScriptedAnswer[],
  port = 0,
): Promise<ScriptedServer> {
  const { key, cert } = makeCertificate()
  const script = [...given]
  const seen: SeenRequest[] = []
  const sockets = new Set<Socket>()
  const resumed: boolean[] = []
  let connections = 0
  const server: Server = createServer({ key, cert }, (request, response) => {
    void readBody(request).then((body) => {
      const answer = script[seen.length] ?? { status: 599, body: 'not in the script' }
      seen.push({ line: `${request.method ?? ''} ${request.url ?? ''}`, headers: headerLines(request), body })
      play(answer, response)
    })
  })
  server.on('secureConnection', (socket: TLSSocket) => {
    connections += 1
    resumed.push(socket.isSessionReused())
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    api: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificatePem: cert,
    seen,
    add: (answer) => void script.push(answer),
    connections: () => connections,
    resumed,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function play(answer: ScriptedAnswer, response: ServerResponse): void {
  if (answer.silence) return
  if (answer.hangUp) {
    response.socket?.destroy()
    return
  }
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body)
  response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
  response.end(text)
}

function headerLines(request: IncomingMessage): [string, string][] {
  const lines: [string, string][] = []
  for (let i = 0; i < request.rawHeaders.length; i += 2)
    lines.push([(request.rawHeaders[i] ?? '').toLowerCase(), request.rawHeaders[i + 1] ?? ''])
  return lines
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}

export function makeCertificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'scripted-'))
  try {
    const files = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') }
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'].concat(
        ['-keyout', files.key, '-out', files.cert, '-subj', '/CN=scripted'],
        ['-addext', 'subjectAltName=IP:127.0.0.1'],
      ),
      { stdio: 'ignore' },
    )
    return { key: readFileSync(files.key, 'utf8'), cert: readFileSync(files.cert, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
