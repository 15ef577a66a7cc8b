import { ApoctlError } from '../errors/apoctl-error.ts'
import type { FleetHost } from '../fleet/fleet-host.ts'
import type { HostInstallOptions } from '../install/linux/host-install.ts'
import type { InstallEngine } from '../install/render/artefact.ts'
import { renderInstall, type InstallArtefactReport } from '../install/render/render-install.ts'
import { connectConsole } from './connect-console.ts'
import type { CommandContext } from './context.ts'
import { prepareFleet } from './flags/fleet-flags.ts'
import { installOptions } from './flags/install-flags.ts'
import type { LinuxInstallFlags } from './flags/linux-change-flags.ts'
import type { RenderFlags } from './flags/render-flags.ts'

/** Writes down the installation that the flags say, for another engine. */
export async function renderInstallation(
  asked: { readonly engine: InstallEngine; readonly flags: LinuxInstallFlags & RenderFlags },
  context: CommandContext,
): Promise<InstallArtefactReport> {
  const { engine, flags } = asked
  const console = await connectConsole(flags, context)
  const options = await installOptions(flags, { console, context })
  demandSource(engine, options.delivery)
  const hosts = await namedHosts(flags, context)
  return renderInstall(
    {
      ...options,
      engine,
      hosts,
      folder: flags['output-dir'] ?? '.',
      tokenValidity: flags['token-validity'] ?? '1h0m0s',
    },
    { console: console.client, signal: context.signal, version: context.version },
  )
}

const carriesPackage: Readonly<Record<InstallEngine, boolean>> = {
  'cloud-init': false,
  ssm: false,
  'terraform-user-data': false,
  ansible: true,
  script: true,
}

function demandSource(engine: InstallEngine, delivery: HostInstallOptions['delivery']): void {
  const isAlong = delivery.type === 'copy' || delivery.type === 'relay'
  if (!isAlong || carriesPackage[engine]) return
  throw new ApoctlError(['APO-USAGE', `--render ${engine} is too small to carry the enforcer along`], {
    hints: ['Give --from-url console, or --from-url with the address of a mirror.'],
  })
}

async function namedHosts(flags: LinuxInstallFlags, context: CommandContext): Promise<readonly FleetHost[]> {
  const { host = [], inventory = [] } = flags
  if (host.length + inventory.length === 0) return []
  const { hosts } = await prepareFleet(flags, { ...context, root: 'wanted' })
  const own = hosts.find((one) => one.namespace !== undefined || one.tags.length > 0)
  if (own === undefined) return hosts
  throw new ApoctlError(
    ['APO-USAGE', `${own.name} has tags or a namespace of its own, and what is written is the same for all`],
    { hints: ['Give those with --tag and --namespace, and write once for each kind of host with --limit.'] },
  )
}
