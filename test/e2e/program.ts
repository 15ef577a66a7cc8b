/**
 * The built program, run as people run it. Works on a copy of the build with its enforcer bundle, so
 * that a build under way next door does not pull either from under a test.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  builtProgram,
  finished,
  startApoctl,
  type ApoctlRun,
  type RunOptions,
} from '../helpers/run-apoctl.ts'
import { schemaProblems } from '../helpers/json-schema.ts'

export type { RunOptions }

const root = join(import.meta.dirname, '../..')

/** A run that has ended, and how it was asked for. */
export interface EndedRun extends ApoctlRun {
  readonly argv: readonly string[]
  readonly durationMs: number
}

/** A run that goes on. */
export interface StartedRun {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<EndedRun>
  /** What it has said on standard error so far. */
  readonly said: () => string
}

/** `bin/run.js` of this test file's copy of the build, bundle included. */
export function program(): string {
  const path = builtProgram()
  const bundles = join(dirname(path), '../build/enforcer')
  if (!existsSync(bundles)) {
    const built = join(root, 'build/enforcer')
    if (!existsSync(built)) throw new Error('no enforcer bundle: run npm run build:enforcer first')
    cpSync(join(built, 'linux-x64'), join(bundles, 'linux-x64'), { recursive: true })
    demandOwnSignature(dirname(path))
  }
  return path
}

/** Build and bundle are made by two commands, and with another key in between nothing would install. */
function demandOwnSignature(bin: string): void {
  const ofProgram = readFileSync(join(bin, '../dist/enforcer-signing-key.pem'), 'utf8')
  const ofBundle = readFileSync(join(root, 'build/enforcer/signing-key.pem'), 'utf8')
  if (ofProgram !== ofBundle) throw new Error('build and bundle have different keys: run both builds again')
}

/** The version that the bundle holds. */
export function bundledVersion(): string {
  return bundleManifest().version
}

export interface BundleManifest {
  version: string
  platform: string
  layers: { name: string; file: string; sha256: string; sizeBytes: number }[]
}

export function bundleFolder(): string {
  return join(dirname(program()), '../build/enforcer/linux-x64')
}

export function bundleManifest(): BundleManifest {
  return JSON.parse(readFileSync(join(bundleFolder(), 'manifest.json'), 'utf8')) as BundleManifest
}

/** Starts apoctl and leaves it running. */
export function start(argv: readonly string[], options: RunOptions = {}): StartedRun {
  const startedMs = performance.now()
  const child = startApoctl(argv, { program: program(), ...options })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.stdin.on('error', () => undefined).end(options.stdin ?? '')
  const ended = finished(child).then((run) => ({
    ...run,
    argv,
    durationMs: Math.round(performance.now() - startedMs),
  }))
  return { child, ended, said: () => stderr }
}

/** Runs apoctl to its end. */
export function apoctl(argv: readonly string[], options: RunOptions = {}): Promise<EndedRun> {
  return start(argv, options).ended
}

/** What was typed and what came of it, for the reader of a failed test. */
export function story(run: EndedRun): string {
  const end = run.exitCode ?? run.signal ?? 'nothing'
  return [
    `$ apoctl ${run.argv.join(' ')}   (ended with ${end} after ${run.durationMs} ms)`,
    ...['--- stdout', run.stdout.trimEnd(), '--- stderr', run.stderr.trimEnd(), '---'],
  ].join('\n')
}

/** Fails with all that the command said unless it ended with this exit code. */
export function demandExit<Run extends EndedRun>(run: Run, exitCode: number): Run {
  if (run.exitCode === exitCode) return run
  throw new Error(`exit ${exitCode} was expected\n${story(run)}`)
}

/** Fails with all that the command said unless `holds`. */
export function demand(holds: boolean, about: { readonly run: EndedRun; readonly that: string }): void {
  if (!holds) throw new Error(`this should hold: ${about.that}\n${story(about.run)}`)
}

/** The JSON document on standard output, which must fit the published schema of its kind. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the schema is what vouches for the type
export function documentOf<Document>(run: EndedRun, kind: string): Document {
  let document: { readonly kind?: unknown }
  try {
    document = JSON.parse(run.stdout) as typeof document
  } catch (cause) {
    throw new Error(`standard output is not one JSON document\n${story(run)}`, { cause })
  }
  const problems = document.kind === kind ? schemaProblems(kind, document) : [`kind is not ${kind}`]
  if (problems.length > 0) throw new Error(`${problems.join('; ')}\n${story(run)}`)
  return document as Document
}

/** Waits until something holds, or fails saying what was awaited. */
export async function eventually<Value>(
  look: () => Value | undefined | Promise<Value | undefined>,
  wait: { readonly what: string; readonly forMs?: number; readonly everyMs?: number },
): Promise<Value> {
  const deadline = performance.now() + (wait.forMs ?? 30_000)
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > deadline) throw new Error(`never happened: ${wait.what}`)
    await new Promise((resolve) => setTimeout(resolve, wait.everyMs ?? 100))
  }
}
