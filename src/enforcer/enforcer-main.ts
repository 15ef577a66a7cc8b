import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { enforcerPaths } from '../contract/enforcer-paths.ts'
import { systemClock } from '../lib/async/clock.ts'
import { ApoctlError } from '../lib/errors/apoctl-error.ts'
import { runEnforcer } from './run-enforcer.ts'

/** Put in by the build. */
declare const ENFORCER_VERSION: string | undefined

/** What started this process gives; read here and nowhere else in the enforcer. */
interface Invocation {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly pid: number
}

/**
 * The script of the bundle: `node enforcer.cjs [--config FILE]`. Runs until SIGTERM or SIGINT.
 * Resolves with the exit code; 2 means that the configuration has to be mended first, and the unit does
 * not restart it then.
 */
export async function enforcerMain({ argv, env, pid }: Invocation): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      config: { type: 'string', default: enforcerPaths.configuration },
      version: { type: 'boolean' },
    },
  })
  const version = typeof ENFORCER_VERSION === 'string' ? ENFORCER_VERSION : '0.0.0-dev'
  if (values.version) {
    writeLine(version)
    return 0
  }
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort(new Error(name)))
  try {
    await runEnforcer(
      { configurationFile: values.config, version },
      {
        clock: systemClock,
        random: Math.random,
        signal: stop.signal,
        write: writeLine,
        journal: env['JOURNAL_STREAM'] !== undefined,
        serviceManager: {
          notifySocket: env['NOTIFY_SOCKET'],
          watchdogUsec: env['WATCHDOG_USEC'],
          watchdogPid: env['WATCHDOG_PID'],
          pid,
        },
        hostRoot: '/',
      },
    )
    return 0
  } catch (error) {
    if (!(error instanceof ApoctlError)) throw error
    writeLine(`${error.code} ${error.message}`)
    return error.exitCode
  }
}

/** Synchronous: a line that is written is written, even when the process dies right after. */
function writeLine(line: string): void {
  try {
    writeSync(1, `${line}\n`)
  } catch {
    // A full pipe or a closed one: losing a line of log is no reason to stop enforcing.
  }
}
