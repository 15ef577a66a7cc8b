import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { Duplex, type Readable, type Writable } from 'node:stream'
import type { Reporter } from '../../progress/reporter.ts'
import { shellOf } from './config/run-match-command.ts'

/** A ProxyCommand that ended while its connection was in use. */
export class ProxyEnded extends Error {
  override readonly name = 'ProxyEnded'
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

interface ProxyWorld {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly reporter: Reporter
  readonly alias: string
}

const graceMs = 2000
/** How much of what the command says last is kept for the error message. */
const keptLetters = 400

/** Starts a ProxyCommand in the user's shell, as ssh does. What it reads and writes is the connection. */
export function startProxyCommand(
  proxy: { readonly command: string; readonly place: string },
  world: ProxyWorld,
): Duplex {
  const shell = shellOf(world.environment, proxy.place)
  const child = spawn(shell, ['-c', `exec ${proxy.command}`], {
    // A group of its own: Ctrl-C lets us say goodbye first, and it is ended with all that it started.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...world.environment },
  })
  const said = listen(child.stderr, world)
  const stream = streamOf(child)
  let ended: ProxyEnded | undefined
  // Before anybody else listens: whoever hears of the end can then see why.
  stream.once('end', () => stream.destroy(stream.writableEnded ? undefined : ended))
  child.once('error', (cause) =>
    stream.destroy(new ProxyEnded(`${shell} cannot be started (${cause.message})`)),
  )
  child.once('close', (code, signal) => {
    ended = new ProxyEnded(endOf({ code, signal, place: proxy.place, said: said() }))
    // What it wrote last is read first.
    stream.push(null)
  })
  return stream
}

function endOf(end: {
  readonly code: number | null
  readonly signal: string | null
  readonly place: string
  readonly said: string
}): string {
  const how = end.signal === null ? `with ${end.code ?? 0}` : `by ${end.signal}`
  return `the ProxyCommand at ${end.place} ended ${how}${end.said === '' ? '' : `: ${end.said}`}`
}

/** What the command says goes where debug output goes; the end of it is for the error message. */
function listen(stderr: Readable, world: ProxyWorld): () => string {
  let kept = ''
  stderr.setEncoding('utf8')
  stderr.on('data', (text: string) => {
    kept = (kept + text).slice(-keptLetters)
    for (const line of text.split('\n').filter((one) => one.trim() !== ''))
      world.reporter.report({ type: 'debug', subject: world.alias, text: `ProxyCommand: ${line.trim()}` })
  })
  stderr.on('error', ignore)
  return () =>
    kept
      .trim()
      .split(/\s*\n\s*/)
      .join('; ')
}

function streamOf(child: Child): Duplex {
  const { stdin, stdout } = child
  const stream = new Duplex({
    read: () => void stdout.resume(),
    write: (...[chunk, , done]) => void stdin.write(chunk as Buffer, () => done()),
    final: (done) => void stdin.end(() => done()),
    destroy: (error, done) => {
      endGroup(child)
      done(error)
    },
  })
  // A broken pipe is the end of the command, which is told where it ends.
  stdin.on('error', ignore)
  stdout.on('error', ignore)
  stdout.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) stdout.pause()
  })
  return stream
}

/** Hangs up, as ssh does, and ends what does not listen. */
function endGroup(child: Child): void {
  const { pid } = child
  if (pid === undefined) return
  sendSignal(-pid, 'SIGHUP')
  setTimeout(() => sendSignal(-pid, 'SIGKILL'), graceMs).unref()
}

function sendSignal(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(group, signal)
  } catch {
    // Nobody is left to get it.
  }
}

function ignore(): void {
  /* as the comment at each use says */
}
