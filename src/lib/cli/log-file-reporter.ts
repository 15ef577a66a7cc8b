import { appendFileSync, closeSync, openSync } from 'node:fs'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { Reporter } from '../progress/reporter.ts'

/**
 * Writes every event to a file as JSON lines, besides showing it. Each line is on disk before the
 * next step begins, so that the log of a killed run ends where the run did. The file is 0600.
 */
export function createLogFileReporter(options: {
  readonly file: string
  readonly shown: Reporter
}): Reporter {
  const append = openForAppend(options.file)
  return {
    report(event) {
      append(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`)
      options.shown.report(event)
    },
  }
}

function openForAppend(file: string): (line: string) => void {
  try {
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    throw new ApoctlError(['APO-INPUT-FILE', `the log file ${file} cannot be written`], {
      hints: [error instanceof Error ? error.message : String(error)],
      cause: error,
    })
  }
  return (line) => appendFileSync(file, line)
}
