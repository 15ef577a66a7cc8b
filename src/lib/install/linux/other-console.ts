import { enforcerConfigurationKeys, enforcerPaths } from '../../../contract/enforcer-paths.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { readSetting, type WantedConfiguration } from './configuration.ts'
import type { InstalledState } from './inspect-host.ts'
import { needsEnrolment } from './plan-install.ts'

/** An enforcer belongs to one Console and namespace; to move it is a decision, not a side effect. */
export function refuseOtherConsole(
  state: InstalledState,
  wanted: { readonly configuration: Pick<WantedConfiguration, 'api' | 'namespace'>; readonly target: string },
): void {
  const existing = state.files.get(enforcerPaths.configuration)?.content
  if (existing === undefined || needsEnrolment(state)) return
  const { api, namespace } = wanted.configuration
  const found = {
    api: readSetting(existing, enforcerConfigurationKeys.api),
    namespace: readSetting(existing, enforcerConfigurationKeys.namespace),
  }
  if (found.api === api && found.namespace === namespace) return
  throw new ApoctlError(
    [
      'APO-INSTALL-OTHER-CONSOLE',
      `${wanted.target} has an enforcer of ${found.api ?? 'an unknown Console'}, namespace ${found.namespace ?? 'unknown'}`,
    ],
    {
      hints: [
        'Remove it there first: apoctl enforcer uninstall linux.',
        'Or install with that --api and --namespace.',
      ],
    },
  )
}
