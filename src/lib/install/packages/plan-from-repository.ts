import type { HostInstallContext, HostInstallOptions } from '../linux/host-install.ts'
import type { InstalledState } from '../linux/inspect-host.ts'
import type { WantedIdentity } from '../linux/plan-install.ts'
import { fingerprintOf } from '../plan/fingerprint.ts'
import type { Step } from '../plan/step.ts'
import { arrangePackage } from './arrange-package.ts'
import { enforcerVersionOf } from './package-version.ts'
import { planPackage } from './plan-package.ts'

/** Works out what is to do where the enforcer comes as a package. Rejects with APO-REPO-*. */
export async function planFromRepository(
  host: {
    readonly options: HostInstallOptions
    readonly state: InstalledState
    /** What the enforcer shall be told; not asked for before it is known that there is a package. */
    readonly identity: () => Promise<WantedIdentity>
  },
  context: Pick<HostInstallContext, 'transport' | 'signal'>,
): Promise<{ readonly version: string; readonly steps: readonly Step[]; readonly fingerprint: string }> {
  const { state } = host
  const arranged = await arrangePackage(host, context)
  const steps = planPackage(state, { ...(await host.identity()), package: arranged })
  const fingerprint = fingerprintOf({ state, package: arranged })
  return { version: enforcerVersionOf(arranged.version), steps, fingerprint }
}
