import { checkHealth } from './check-health.ts'
import type { HostInstallContext, HostInstallOptions } from './host-install.ts'

const lookEveryMs = 10_000

/**
 * Watches an enforcer that was upgraded for as long as was asked: it has to go on running, and to be seen by the
 * Console. Rejects with APO-INSTALL-UNHEALTHY or APO-INSTALL-NOT-CONNECTED, so that it is taken back.
 */
export async function standProbation(
  options: Pick<HostInstallOptions, 'upgrade' | 'configuration' | 'connectTimeoutMs'>,
  context: HostInstallContext,
): Promise<void> {
  const { upgrade, configuration, connectTimeoutMs: timeoutMs } = options
  const { clock, signal, reporter, transport } = context
  if (upgrade === undefined || upgrade.probationMs === 0) return
  const about = { subject: transport.target, step: 'see that it stays well' }
  reporter.report({ type: 'started', ...about })
  const untilMs = clock.nowMs() + upgrade.probationMs
  for (let leftMs = upgrade.probationMs; leftMs > 0; leftMs = untilMs - clock.nowMs()) {
    await clock.sleep(Math.min(lookEveryMs, leftMs), { signal })
    await checkHealth({ api: configuration.api, timeoutMs }, context)
  }
  reporter.report({ type: 'finished', ...about, outcome: 'done', isPart: true })
}
