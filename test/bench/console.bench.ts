/**
 * What the embedded Console costs beyond the least that could do the same: list and create throughput, and
 * how long a small request takes while 2,000 readers of events are connected. The limit is a plain fastify
 * server over the same database package, with the same TLS, the same durability (write-ahead log, every
 * commit on disk) and the same bytes in its answers, but without tokens, validation, filters or events.
 *
 *   npm run bench:console [-- --seconds 5 --rounds 3 --sockets 2000]
 *
 * Servers run on processor 0, one at a time, the client on the others; rounds alternate, so that what the
 * machine does meanwhile hits both. Only the ratios mean anything.
 */
import { execFileSync, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import WebSocket from 'ws'
import { parseAppCredentialFile } from '../../src/contract/app-credential-file.ts'
import type { BenchServer } from './console-servers/said.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    sockets: { type: 'string', default: '2000' },
  },
})
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
const sockets = Number(values.sockets)
/** Requests under way at once. */
const concurrency = 16
const listed = 100

interface Server {
  readonly said: BenchServer
  readonly child: ChildProcess
  readonly headers: Readonly<Record<string, string>>
  readonly agent: Agent
}

const scratch = mkdtempSync(join(tmpdir(), 'apoctl-bench-'))
const say = (line: string): void => void process.stdout.write(`${line}\n`)

let starts = 0

/** Starts a server on processor 0, and waits until it says where it is. */
async function start(name: 'console' | 'plain'): Promise<Server> {
  const module = new URL(`./console-servers/${name}.ts`, import.meta.url)
  const execArgv = ['--import', 'tsx']
  const child = fork(module, [join(scratch, `${name}-${++starts}`)], { execArgv })
  execFileSync('taskset', ['-acp', '0', String(child.pid)], { stdio: 'ignore' })
  const [said] = (await once(child, 'message')) as [BenchServer]
  const agent = new Agent({ ca: said.caPem, keepAlive: true, maxSockets: concurrency })
  const token = name === 'console' ? await issue(said) : 'none'
  const headers = { authorization: `Bearer ${token}`, 'x-namespace': '/', 'content-type': 'application/json' }
  return { said, child, agent, headers }
}

async function stop({ child, agent }: Server): Promise<void> {
  agent.destroy()
  const ended = once(child, 'exit')
  child.send('stop')
  await ended
}

async function issue({ url, caPem, credentialPath }: BenchServer): Promise<string> {
  const credential = parseAppCredentialFile(readFileSync(credentialPath, 'utf8'))
  if (!credential.ok) throw new Error(credential.problem)
  const { certificate: cert, certificateKey: key } = credential.value
  const agent = new Agent({ ca: caPem, cert, key })
  const body = JSON.stringify({ realm: 'Certificate', validity: '24h' })
  const server = { said: { url }, agent, headers: { 'content-type': 'application/json' } }
  const answer = await ask(server, { method: 'POST', path: '/issue', body })
  agent.destroy()
  return (JSON.parse(answer) as { token: string }).token
}

interface Asked {
  readonly method?: string
  readonly path: string
  readonly body?: string
}

function ask(
  server: {
    readonly said: { readonly url: string }
    readonly agent: Agent
    readonly headers: Server['headers']
  },
  { method = 'GET', path, body }: Asked,
): Promise<string> {
  const { said, agent, headers } = server
  const { hostname, port } = new URL(said.url)
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, agent, headers, method, path }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        if (response.statusCode === 200) resolve(text)
        else reject(new Error(`${method} ${path} answered ${response.statusCode ?? 0}: ${text}`))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Requests a second, as many at once as the connections carry. */
async function throughput(server: Server, next: () => Asked): Promise<number> {
  const from = performance.now()
  const until = from + seconds * 1000
  let done = 0
  const worker = async (): Promise<void> => {
    while (performance.now() < until) {
      await ask(server, next())
      done++
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return done / ((performance.now() - from) / 1000)
}

/** The 99th percentile of one request after the other, in milliseconds. */
async function p99(server: Server, asked: Asked): Promise<number> {
  const times: number[] = []
  const until = performance.now() + seconds * 1000
  while (performance.now() < until) {
    const from = performance.now()
    await ask(server, asked)
    times.push(performance.now() - from)
  }
  times.sort((one, other) => one - other)
  return times[Math.min(times.length - 1, Math.floor(times.length * 0.99))] ?? Number.NaN
}

async function connectReaders({ said, headers }: Server): Promise<readonly WebSocket[]> {
  const token = (headers['authorization'] ?? '').slice('Bearer '.length)
  const address = `${said.url.replace('https', 'wss')}/events?namespace=/&mode=all&token=${token}`
  const readers: WebSocket[] = []
  while (readers.length < sockets) {
    const some = Array.from({ length: Math.min(50, sockets - readers.length) }, async () => {
      const socket = new WebSocket(address, { ca: said.caPem })
      await once(socket, 'open')
      return socket
    })
    readers.push(...(await Promise.all(some)))
  }
  return readers
}

let names = 0
const creation = (): Asked => {
  const name = `bench-${++names}`
  const body = {
    name,
    FQDN: `${name}.example.com`,
    associatedTags: ['env=bench', 'tier=web'],
    machineID: name,
  }
  return { method: 'POST', path: '/enforcers', body: JSON.stringify(body) }
}
const list: Asked = { path: `/enforcers?page=1&pagesize=${listed}` }

interface Measured {
  create: number[]
  list: number[]
  quiet: number[]
  crowded: number[]
}

async function measure(name: 'console' | 'plain', into: Measured): Promise<void> {
  const server = await start(name)
  try {
    // Enough to list, and warm.
    for (let index = 0; index < listed; index++) await ask(server, creation())
    into.list.push(await throughput(server, () => list))
    into.create.push(await throughput(server, creation))
    const first = JSON.parse(await ask(server, { path: '/enforcers?page=1&pagesize=1' })) as [{ ID: string }]
    const small = { path: `/enforcers/${first[0].ID}` }
    into.quiet.push(await p99(server, small))
    if (name === 'plain') return
    const readers = await connectReaders(server)
    into.crowded.push(await p99(server, small))
    for (const reader of readers) reader.terminate()
  } finally {
    await stop(server)
  }
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN

try {
  const all = availableParallelism()
  if (all > 1) execFileSync('taskset', ['-acp', `1-${all - 1}`, String(process.pid)], { stdio: 'ignore' })
  const empty = (): Measured => ({ create: [], list: [], quiet: [], crowded: [] })
  const [plain, console] = [empty(), empty()]
  for (let round = 0; round < rounds; round++) {
    await measure('plain', plain)
    await measure('console', console)
  }
  const row = (what: string, one: number, other: number, unit: string): void =>
    say(
      `${what.padEnd(46)} ${one.toFixed(unit === 'ms' ? 2 : 0).padStart(8)} ${other.toFixed(unit === 'ms' ? 2 : 0).padStart(8)} ${unit.padEnd(4)} ${(other / one).toFixed(2)}`,
    )
  say(`${''.padEnd(46)} ${'plain'.padStart(8)} ${'Console'.padStart(8)}      ratio`)
  row(`list ${listed} objects`, median(plain.list), median(console.list), '/s')
  row('create', median(plain.create), median(console.create), '/s')
  row('p99 of reading one object', median(plain.quiet), median(console.quiet), 'ms')
  row(`the same with ${sockets} readers of events`, median(plain.quiet), median(console.crowded), 'ms')
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
