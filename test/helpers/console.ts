import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAppCredentialFile, type AppCredentialFile } from '../../src/contract/app-credential-file.ts'
import type { ConsoleOptions } from '../../src/console/console-options.ts'
import { startConsole, type RunningConsole } from '../../src/console/start-console.ts'
import type { ConsoleNote, ConsoleWorld } from '../../src/console/world.ts'

/** A real Console on a free port of the loopback, with a data directory of its own. */
export interface TestConsole extends RunningConsole {
  /** The administrator's app credential, parsed, and the text of its file. */
  readonly adminCredential: AppCredentialFile
  readonly adminCredentialText: string
  readonly dataDir: string
  /** Where it really listens, when url is a public address. */
  readonly port: number
  /** What the Console noted so far: it should have nothing to complain about. */
  readonly notes: readonly ConsoleNote[]
  /** Stops it and removes its data, unless the directory was given. */
  close(): Promise<void>
}

export interface TestConsoleOptions extends Partial<Omit<ConsoleOptions, 'listen'>> {
  readonly port?: number
  readonly host?: string
  readonly nowMs?: () => number
}

export async function startTestConsole(options: TestConsoleOptions = {}): Promise<TestConsole> {
  const { port = 0, host = '127.0.0.1', nowMs = Date.now, ...rest } = options
  const dataDir = rest.dataDir ?? (await mkdtemp(join(tmpdir(), 'apoctl-console-')))
  const notes: ConsoleNote[] = []
  const world: ConsoleWorld = { clock: { nowMs }, note: (note) => notes.push(note) }
  const running = await startConsole({ drainMs: 1000, ...rest, dataDir, listen: { host, port } }, world)
  const adminCredentialText = await readFile(running.adminCredentialPath, 'utf8')
  const parsed = parseAppCredentialFile(adminCredentialText)
  if (!parsed.ok) throw new Error(parsed.problem)
  return {
    ...running,
    adminCredential: parsed.value,
    adminCredentialText,
    dataDir,
    port: running.port,
    notes,
    close: async () => {
      await running.close()
      if (rest.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly bytes: Buffer
  /** The JSON of the body, or undefined without one. */
  readonly body: unknown
}

export interface RawRequest {
  readonly method?: string
  readonly path: string
  readonly token?: string | undefined
  readonly namespace?: string | undefined
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** An object is sent as JSON, text and bytes as they are. */
  readonly body?: unknown
  /** For realm Certificate. */
  readonly client?: { readonly cert: string; readonly key: string } | undefined
}

/** One request over real TLS, on a connection of its own. Tests use it to be independent of the client under test. */
export async function callConsole(
  console: Pick<RunningConsole, 'url' | 'caPem'>,
  asked: RawRequest,
): Promise<RawAnswer> {
  const { token, namespace } = asked
  const body =
    asked.body === undefined || typeof asked.body === 'string' || Buffer.isBuffer(asked.body)
      ? asked.body
      : JSON.stringify(asked.body)
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(namespace === undefined ? {} : { 'x-namespace': namespace }),
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...asked.headers,
  }
  const agent = new Agent({ ca: console.caPem, maxCachedSessions: 0, ...asked.client })
  const url = new URL(console.url)
  const { hostname, port } = url
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        agent,
        method: asked.method ?? 'GET',
        path: asked.path,
        headers: headers as Record<string, string>,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const bytes = Buffer.concat(chunks)
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes,
            body: jsonOf(bytes, response.headers['content-type']),
          })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function jsonOf(bytes: Buffer, type: string | undefined): unknown {
  if (bytes.length === 0 || type?.startsWith('application/json') !== true) return undefined
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}

/** A token for an app credential; `more` are further fields of the request, such as restrictions. */
export async function issueTestToken(
  console: Pick<RunningConsole, 'url' | 'caPem'>,
  from: { readonly credential: AppCredentialFile; readonly more?: Record<string, unknown> },
): Promise<string> {
  const { certificate: cert, certificateKey: key } = from.credential
  const answer = await callConsole(console, {
    method: 'POST',
    path: '/issue',
    body: { realm: 'Certificate', ...from.more },
    client: { cert, key },
  })
  if (answer.status !== 200) throw new Error(`no token: ${answer.bytes.toString('utf8')}`)
  return (answer.body as { token: string }).token
}

/** Makes an app credential with the given roles, and gives it parsed. */
export async function makeTestCredential(
  console: Pick<RunningConsole, 'url' | 'caPem'>,
  wanted: {
    readonly token: string
    readonly namespace: string
    readonly roles: readonly string[]
    readonly more?: object
  },
): Promise<AppCredentialFile> {
  const answer = await callConsole(console, {
    method: 'POST',
    path: '/appcredentials',
    token: wanted.token,
    namespace: wanted.namespace,
    body: { name: `test ${randomUUID()}`, roles: wanted.roles, ...wanted.more },
  })
  const { credentials } = answer.body as { credentials?: unknown }
  const parsed = parseAppCredentialFile(JSON.stringify(credentials ?? null))
  if (!parsed.ok) throw new Error(`${parsed.problem}: ${answer.bytes.toString('utf8')}`)
  return parsed.value
}
