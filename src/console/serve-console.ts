import { once } from 'node:events'
import { basename } from 'node:path'
import type { Clock } from '../lib/async/clock.ts'
import type { ConsoleOptions } from './console-options.ts'
import { keepLocalProfile } from './local-profile.ts'
import { startConsole, type RunningConsole } from './start-console.ts'
import type { ConsoleNote } from './world.ts'

export interface ServeOptions extends ConsoleOptions {
  /** Where to write the profile for this Console, `…/local.yaml`. */
  readonly profilePath: string
}

export interface ServeWorld {
  readonly clock: Pick<Clock, 'nowMs'>
  /** Aborts when the Console shall stop. */
  readonly signal: AbortSignal
  /** One text for people, lines without a newline at the end. */
  readonly print: (text: string) => void
}

/** Runs a Console until the signal says stop; then lets open requests end. */
export async function serveConsole(options: ServeOptions, world: ServeWorld): Promise<void> {
  const { clock, print, signal } = world
  const note = (heard: ConsoleNote): void => print(describeNote(heard, new Date(clock.nowMs())))
  const running = await startConsole(options, { clock, note })
  try {
    const isOurs = await keepLocalProfile(options.profilePath, running)
    print(describeStart(running, { ...options, isOurs }))
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    await running.close()
  }
}

function describeStart(running: RunningConsole, about: ServeOptions & { readonly isOurs: boolean }): string {
  const { url, caPath, adminCredentialPath, firstStart } = running
  const profile = basename(about.profilePath, '.yaml')
  const byProfile = `  APOCTL_CONFIG_NAME=${profile} apoctl api list namespaces`
  const byFlags = `  apoctl api list namespaces --api ${url} --creds ${adminCredentialPath} --api-cacert ${caPath}`
  return [
    firstStart ? `A new Console is up at ${url}` : `The Console is up at ${url}`,
    '',
    `  data directory   ${about.dataDir}`,
    `  administrator    ${adminCredentialPath}   keep this file secret`,
    `  authority        ${caPath}   clients have to trust this one`,
    `  profile          ${about.profilePath}${about.isOurs ? '' : '   yours, left as it is'}`,
    '',
    'Use it from another terminal:',
    '',
    about.isOurs ? byProfile : byFlags,
    '',
    'Ctrl-C stops it.',
  ].join('\n')
}

/** One line for the journal. Errors by their message: what failed is ours, never what a client sent. */
function describeNote(note: ConsoleNote, now: Date): string {
  const time = now.toISOString()
  switch (note.type) {
    case 'request-failed': {
      const what = note.error instanceof Error ? (note.error.stack ?? note.error.message) : String(note.error)
      return `${time} ${note.method} ${printable(note.path)} failed: ${what}`
    }
    case 'reader-dropped':
      return `${time} a reader of events was too slow and was dropped: ${printable(note.principal)}`
    case 'certificate-renewed':
      return `${time} the server certificate was made for ${note.names.join(', ')}`
  }
}

/** A path comes from strangers and may carry terminal controls. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200)
}
