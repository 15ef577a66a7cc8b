/** Looks where secrets could come to light while a command runs. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface SecretsWatch {
  /** Ends the watch. */
  stop(): void
  /** How often it looked. */
  readonly rounds: () => number
  /** Where a text was seen: command lines and environments of processes, files that others could read. */
  sightings(text: string): string[]
}

export interface WatchOptions {
  /** Processes that hold secrets in their environment by design: the command under test, and the tests. */
  readonly own: () => readonly number[]
  /** Folders in which no file that others can read may hold a secret, not even for a moment. */
  readonly folders: readonly string[]
}

/**
 * Begins to look, some fifty times a second, at every process of this machine (those of lab hosts are among
 * them) and at the files in some folders. What it saw can be searched later: some secrets are
 * only known when they exist.
 */
export function watchSecrets(options: WatchOptions): SecretsWatch {
  const seen = new Map<string, string>()
  let rounds = 0
  const look = () => {
    rounds += 1
    const own = new Set(options.own())
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      note(seen, { where: `cmdline of ${pid}`, file: `/proc/${pid}/cmdline` })
      if (!own.has(Number(pid))) note(seen, { where: `environ of ${pid}`, file: `/proc/${pid}/environ` })
    }
    for (const folder of options.folders) noteReadableFiles(seen, folder)
  }
  const timer = setInterval(look, 20)
  return {
    stop: () => clearInterval(timer),
    rounds: () => rounds,
    sightings: (text) => [...seen].flatMap(([content, where]) => (content.includes(text) ? [where] : [])),
  }
}

function note(seen: Map<string, string>, from: { readonly where: string; readonly file: string }): void {
  try {
    const content = readFileSync(from.file, 'latin1')
    if (content !== '' && !seen.has(content)) seen.set(content, from.where)
  } catch {
    // The process or file is gone.
  }
}

function noteReadableFiles(seen: Map<string, string>, folder: string): void {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return
  }
  for (const name of names) {
    const file = join(folder, name)
    try {
      const { mode, size } = statSync(file)
      if ((mode & 0o170077) > 0o100000 && size < 100_000)
        note(seen, { where: `others can read ${file}`, file })
    } catch {
      // It was renamed meanwhile.
    }
  }
}
