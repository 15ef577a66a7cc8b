/**
 * Runs the built program as people and scripts do: a child process, its streams, its exit code. Needs
 * `npm run build` first. Each test file works on a copy of the build, so that a build under way next
 * door does not pull the program from under it.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const root = join(import.meta.dirname, '../..')

export interface ApoctlRun {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Added to an environment that has little but PATH and a HOME of its own. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** What the program reads on standard input; nothing when not given. */
  readonly stdin?: string
  /** Another program than the built one, such as a test's own command table. */
  readonly program?: string
}

let scratch: string | undefined

/** A folder of this test file's own, removed when the file is done. `home/` is HOME of every run. */
export function scratchFolder(): string {
  if (scratch !== undefined) return scratch
  scratch = mkdtempSync(join(tmpdir(), 'apoctl-test-'))
  mkdirSync(join(scratch, 'home'))
  return scratch
}

afterAll(() => {
  if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true })
})

/** `bin/run.js` of a copy of the build. */
export function builtProgram(): string {
  const copy = join(scratchFolder(), 'program')
  if (!existsSync(copy)) {
    if (!existsSync(join(root, 'dist/apoctl.cjs'))) throw new Error('no build: run npm run build first')
    mkdirSync(copy)
    for (const part of ['bin', 'dist', 'package.json'])
      cpSync(join(root, part), join(copy, part), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  }
  return join(copy, 'bin/run.js')
}

/** The environment of a run: nothing of the tester's own settings, and no one's home but the test's. */
export function cleanEnvironment(added: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: join(scratchFolder(), 'home'),
    LANG: 'C.UTF-8',
    ...added,
  }
}

/** Starts apoctl and leaves it running; for signals, pipes and timing. The caller waits for its end. */
export function startApoctl(
  argv: readonly string[],
  options: RunOptions = {},
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [options.program ?? builtProgram(), ...argv], {
    cwd: options.cwd ?? scratchFolder(),
    env: cleanEnvironment(options.env),
  })
}

/** Runs apoctl to its end. */
export function runApoctl(argv: readonly string[], options: RunOptions = {}): Promise<ApoctlRun> {
  const child = startApoctl(argv, options)
  child.stdin.on('error', () => undefined).end(options.stdin ?? '')
  return finished(child)
}

/** Runs a shell line in which `$APOCTL` is the program; for pipes and redirections. */
export function runShell(line: string, options: RunOptions = {}): Promise<ApoctlRun> {
  const program = `${process.execPath} ${options.program ?? builtProgram()}`
  const child = spawn('/bin/sh', ['-c', line], {
    cwd: options.cwd ?? scratchFolder(),
    env: { ...cleanEnvironment(options.env), APOCTL: program },
  })
  child.stdin.end()
  return finished(child)
}

export interface TerminalOptions extends RunOptions {
  /** `stdin` is typed once this is on the screen: what is typed earlier may meet the wrong program. */
  readonly after?: string
}

/** A run on a terminal that goes on. */
export interface TerminalRun {
  readonly ended: Promise<ApoctlRun>
  /** Waits until the screen shows this; what was there at an earlier match does not count again. */
  shown(pattern: RegExp): Promise<RegExpExecArray>
  type(keys: string): void
}

/**
 * Runs apoctl on a terminal of its own (util-linux's script), 80 columns wide. Standard output and
 * standard error are one there.
 */
export async function runOnTerminal(
  argv: readonly string[],
  options: TerminalOptions = {},
): Promise<ApoctlRun> {
  const run = startOnTerminal(argv, options)
  const after = new RegExp((options.after ?? '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const { stdin } = options
  if (stdin !== undefined)
    void run.shown(after).then(
      () => run.type(stdin),
      () => undefined,
    )
  return run.ended
}

/** The same, to be talked with. */
export function startOnTerminal(argv: readonly string[], options: RunOptions = {}): TerminalRun {
  const line = [process.execPath, options.program ?? builtProgram(), ...argv].map(quoted).join(' ')
  const child = spawn('script', ['-qec', `stty cols 80 rows 24; exec ${line}`, '/dev/null'], {
    cwd: options.cwd ?? scratchFolder(),
    env: { ...cleanEnvironment({ TERM: 'xterm-256color', ...options.env }), SHELL: '/bin/sh' },
  })
  child.stdin.on('error', () => undefined)
  let screen = ''
  const ended = finished(child).finally(() => child.stdin.destroy())
  const shown = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(screen)
        if (match === null) return
        screen = screen.slice(match.index + match[0].length)
        child.stdout.off('data', look)
        resolve(match)
      }
      child.stdout.on('data', look)
      look()
      void ended.then(({ stdout }) =>
        reject(new Error(`ended before it showed ${pattern.source}: ${stdout}`)),
      )
    })
  child.stdout.on('data', (chunk: Buffer) => (screen += chunk.toString()))
  return { ended, shown, type: (keys) => void child.stdin.write(keys) }
}

/** Waits for a child's end and takes all that it says. */
export function finished(child: ChildProcessWithoutNullStreams): Promise<ApoctlRun> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8')
      resolve({ exitCode, signal, stdout: text(stdout), stderr: text(stderr) })
    })
  })
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
