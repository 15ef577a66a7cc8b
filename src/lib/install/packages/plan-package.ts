import { enforcerPaths } from '../../../contract/enforcer-paths.ts'
import type { InstalledState } from '../linux/inspect-host.ts'
import { folderSteps, identitySteps, type WantedIdentity } from '../linux/plan-install.ts'
import { keepServiceStep, serviceStep, settleStep } from '../linux/steps.ts'
import type { Step } from '../plan/step.ts'
import { packageSteps, type ArrangedPackage } from './package-steps.ts'

/** What the package brings, or makes, is not ours to make. */
const folders = [enforcerPaths.data, enforcerPaths.state, enforcerPaths.spool]

/** As `planInstall`, where a package manager brings the program, the unit and the modules to load. */
export function planPackage(
  state: InstalledState,
  wanted: WantedIdentity & { readonly package: ArrangedPackage },
): readonly Step[] {
  const identity = identitySteps(state, wanted)
  const changes = [...folderSteps(state, folders), ...packageSteps(state, wanted.package), ...identity]
  const isRunning = state.serviceActive && state.serviceEnabled
  if (changes.length === 0 && isRunning) return []
  const isRestarted = state.packages.installed !== undefined && identity.length === 0
  return [settleStep(state), ...changes, isRestarted ? keepServiceStep() : serviceStep()]
}
