import { chmod, readFile } from 'node:fs/promises'
import type { Clock } from '../lib/async/clock.ts'
import type { Backoff } from '../lib/async/retry.ts'
import { ApoctlError } from '../lib/errors/apoctl-error.ts'
import { createRedactor } from '../lib/secrets/redactor.ts'
import { readEnforcerConfiguration, type EnforcerConfiguration } from './config/enforcer-configuration.ts'
import { readHostFacts } from './host/host-facts.ts'
import { createLog, errorFields, type Log } from './log/log.ts'
import { createLiveness } from './notify/liveness.ts'
import { findServiceManager, type ServiceManagerEnvironment } from './notify/service-manager.ts'
import { startWatchdog } from './notify/watchdog.ts'
import { runSession } from './session/run-session.ts'

export interface EnforcerOptions {
  readonly configurationFile: string
  /** Of the enforcer, as the Console is told it. */
  readonly version: string
}

/** The process the enforcer runs in. */
export interface EnforcerWorld {
  readonly clock: Clock
  readonly random: () => number
  /** Aborts when the enforcer shall stop. */
  readonly signal: AbortSignal
  /** Writes one line of log. */
  readonly write: (line: string) => void
  /** Whether `write` ends in the journal, which keeps time and wants priorities. */
  readonly journal: boolean
  readonly serviceManager: ServiceManagerEnvironment
  /** `/`, but in tests. */
  readonly hostRoot: string
  readonly backoff?: Backoff
}

/** The cap is the pace of the heartbeat: a Console that comes back meets no more calls than it serves anyway. */
const usualBackoff: Backoff = { baseMs: 1_000, capMs: 30_000 }

/**
 * Runs the enforcer until `world.signal` aborts; then it says goodbye and resolves. A Console that cannot
 * be reached is no failure. Rejects with APO-ENFORCER-CONFIG when the configuration cannot work.
 */
export async function runEnforcer(options: EnforcerOptions, world: EnforcerWorld): Promise<void> {
  const { configurationFile, version } = options
  const configuration = await readConfiguration(configurationFile)
  const log = openLog(configuration, world)
  const manager = await findServiceManager(world.serviceManager, {
    onProblem: (error) => log.warn('systemd does not hear us', errorFields(error)),
  })
  const liveness = createLiveness(world.clock)
  const stopWatchdog = startWatchdog(manager, { liveness, log })
  const facts = await readHostFacts(world.hostRoot)
  log.info('enforcer starts', {
    version,
    api: configuration.api,
    namespace: configuration.namespace,
    fqdn: facts.fqdn,
  })
  for (const name of configuration.ignoredOptions) log.warn('option is not known and has no effect', { name })
  // Before the first word to the Console: a host without network starts, and keeps trying.
  manager.notify(['READY=1', 'STATUS=Started'])
  const onStop = () => manager.notify(['STOPPING=1', 'STATUS=Stopping'])
  world.signal.addEventListener('abort', onStop, { once: true })
  try {
    const status = (text: string) => manager.notify([`STATUS=${text.replace(/[\r\n]+/g, ' ')}`])
    const { backoff = usualBackoff, clock, random, signal } = world
    const session = { clock, random, signal, backoff, log, liveness, status }
    await runSession({ configuration, configurationFile, facts, version }, session)
    log.info('enforcer stopped')
  } finally {
    world.signal.removeEventListener('abort', onStop)
    stopWatchdog()
    manager.close()
  }
}

/** Reads the configuration. It may hold a token, so permissions that are too wide are narrowed first. */
async function readConfiguration(file: string): Promise<EnforcerConfiguration> {
  try {
    await chmod(file, 0o600)
    return readEnforcerConfiguration(await readFile(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof ApoctlError) throw error
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new ApoctlError(['APO-ENFORCER-CONFIG', `${file} cannot be read (${why})`], { cause: error })
  }
}

function openLog(configuration: EnforcerConfiguration, world: EnforcerWorld): Log {
  const redactor = createRedactor(configuration.token ? [configuration.token] : [])
  return createLog(
    { ...configuration.log, journal: world.journal },
    { write: world.write, nowMs: () => world.clock.nowMs(), redactor },
  )
}
