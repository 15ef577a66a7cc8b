import { Flags } from '@oclif/core'
import { enforcerPaths } from '../../contract/enforcer-paths.ts'
import { systemClock } from '../../lib/async/clock.ts'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'

export default class EnforcerRun extends ApoctlCommand {
  static override readonly summary = 'Run the enforcer here, in the foreground, until Ctrl-C.'
  static override readonly description =
    'The same program that installed hosts run as prisma-enforcer.service; for trying out and for debugging. ' +
    'Observes and reports only: it changes no rule of this host.'
  static override readonly examples = ['<%= config.bin %> enforcer run --config ./prisma-enforcer.conf']
  static override readonly flags = {
    ...outputFlags(['none']),
    config: Flags.string({
      summary: 'KEY=VALUE file with ENFORCERD_API, ENFORCERD_NAMESPACE and ENFORCERD_TOKEN.',
      helpValue: 'FILE',
      default: enforcerPaths.configuration,
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(EnforcerRun)
    const { environment, signal, print, version } = await this.context(flags)
    const { runEnforcer } = await import('../../enforcer/run-enforcer.ts')
    const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID, JOURNAL_STREAM } = environment.env
    await runEnforcer(
      { configurationFile: flags.config, version },
      {
        ...{ clock: systemClock, random: Math.random, signal, write: print, hostRoot: '/' },
        journal: JOURNAL_STREAM !== undefined,
        serviceManager: {
          ...{ notifySocket: NOTIFY_SOCKET, watchdogUsec: WATCHDOG_USEC, watchdogPid: WATCHDOG_PID },
          pid: process.pid,
        },
      },
    )
  }
}
