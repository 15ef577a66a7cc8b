import type { Readable, Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { CommandRequest } from './transport.ts'

const defaultMaxOutputBytes = 16 * 1024 * 1024

/** The three streams of a command that runs, wherever it runs. */
export interface CommandStreams {
  readonly stdin: Writable | null
  readonly stdout: Readable
  readonly stderr: Readable
}

export interface CommandOutput {
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly truncated?: true
}

/** What flows between us and a command, from its start until it is over. */
export interface CommandTraffic {
  /** What came back so far. */
  output(): CommandOutput
  /** Settles when output that goes to a stream of the caller has all been taken. */
  readonly delivered: Promise<void>
  /** Rejects when the caller's own stream (source of stdin, sink of stdout) breaks; never resolves. */
  readonly broken: Promise<never>
}

/** Feeds the command what it reads and keeps what it writes, up to a bound. */
export function startTraffic(
  streams: CommandStreams,
  how: { readonly request: CommandRequest; readonly maxOutputBytes?: number | undefined },
): CommandTraffic {
  const limit = how.maxOutputBytes ?? defaultMaxOutputBytes
  const err = keep(streams.stderr, limit)
  const sink = how.request.stdout
  const out = sink === undefined ? keep(streams.stdout, limit) : undefined
  const delivered = sink === undefined ? Promise.resolve() : deliver(streams.stdout, sink)
  const broken = new Promise<never>((_, reject) => {
    delivered.catch(reject)
    feed(how.request.stdin, streams.stdin).catch(reject)
  })
  // Whoever races this against the end of the command may be done before it rejects.
  broken.catch(ignore)
  return {
    output: () => ({
      stdout: out?.bytes() ?? Buffer.alloc(0),
      stderr: err.bytes(),
      ...(out?.truncated() === true || err.truncated() ? { truncated: true as const } : {}),
    }),
    delivered,
    broken,
  }
}

function keep(stream: Readable, limit: number): { bytes(): Buffer; truncated(): boolean } {
  const chunks: Buffer[] = []
  let size = 0
  let dropped = false
  stream.on('data', (chunk: Buffer) => {
    const room = limit - size
    dropped ||= chunk.length > room
    if (room <= 0) return
    chunks.push(chunk.subarray(0, room))
    size += Math.min(room, chunk.length)
  })
  // A broken pipe shows as the end of the command, which is where it is reported.
  stream.on('error', ignore)
  return { bytes: () => Buffer.concat(chunks), truncated: () => dropped }
}

async function deliver(from: Readable, to: Writable): Promise<void> {
  from.on('error', ignore)
  from.pipe(to)
  await finished(to)
}

/** Rejects only when the source breaks: a command that stops reading early is its own business. */
function feed(source: CommandRequest['stdin'], into: Writable | null): Promise<void> {
  if (into === null) return Promise.resolve()
  into.on('error', ignore)
  if (source === undefined || typeof source === 'string' || Buffer.isBuffer(source)) {
    into.end(source ?? '')
    return Promise.resolve()
  }
  into.on('close', () => source.destroy())
  source.pipe(into)
  return new Promise((resolve, reject) => {
    source.once('error', reject)
    source.once('close', resolve)
  })
}

function ignore(): void {
  /* reported elsewhere, as the comment at each use says */
}
