import { enforcerPackagesPath, packagePermission } from '../../../contract/enforcer-packages.ts'
import type { FleetHost } from '../../fleet/fleet-host.ts'
import { quote } from '../../platforms/linux/quote.ts'
import type { HostInstallOptions } from '../linux/host-install.ts'
import { emptyHost } from '../linux/inspect-host.ts'
import type { LayerSource } from '../linux/layer-source.ts'
import { enforcerRole, narrowToken, type NarrowTokenContext } from '../linux/narrow-token.ts'
import { planInstall } from '../linux/plan-install.ts'
import type { ArtefactContent, InstallEngine } from './artefact.ts'
import { renderInstallScript } from './install-script.ts'

export interface RenderOptions extends Pick<
  HostInstallOptions,
  'bundleFor' | 'configuration' | 'authorityPem' | 'delivery' | 'connectTimeoutMs'
> {
  readonly engine: InstallEngine
  /** Where the files are written. */
  readonly folder: string
  /** For an engine that can be told of hosts. */
  readonly hosts: readonly FleetHost[]
  /** A Go duration; how long a token is good that an artefact has to carry. */
  readonly tokenValidity: string
}

export interface RenderContext extends Pick<NarrowTokenContext, 'console' | 'signal'> {
  /** Of apoctl. */
  readonly version: string
}

/** Artefacts are written for the machines that most hosts are. */
const machine = 'x86_64'

/** Plans for an empty host, and gets the token that an artefact has to carry. */
export async function artefactContent(
  options: RenderOptions,
  context: RenderContext,
): Promise<ArtefactContent> {
  const { configuration, authorityPem, connectTimeoutMs, engine, delivery, folder, hosts } = options
  const bundle = await options.bundleFor(machine)
  const nothing = { delivered: new Map(), enrolment: undefined }
  const steps = planInstall(emptyHost(machine), { ...options, bundle, ...nothing, source: sourceOf(options) })
  const showsToken = delivery.type === 'console'
  const script = await renderInstallScript(steps, {
    ...{ bundle, configuration, authorityPem, machine, showsToken, connectTimeoutMs },
    apoctlVersion: context.version,
  })
  const permissions = showsToken ? [enforcerRole, packagePermission] : [enforcerRole]
  const { namespace, api } = configuration
  const terms = { restrictedPermissions: permissions, validity: options.tokenValidity }
  return {
    script,
    version: bundle.manifest.version,
    about: [
      `Installs prisma-enforcer ${bundle.manifest.version} for the namespace ${namespace} of ${api}.`,
      `Written by apoctl ${context.version}.`,
    ],
    token: engine === 'cloud-init' ? await narrowToken(terms, { ...context, namespace }) : undefined,
    tokenCommand: tokenCommand(permissions, namespace),
    hosts,
    folder,
  }
}

/** Secrets are no part of a source here: the script adds the token where it is to be shown. */
function sourceOf({ delivery, configuration, authorityPem }: RenderOptions): LayerSource {
  switch (delivery.type) {
    case 'copy':
    // Nobody is there to be a relay for.
    case 'relay':
      return { type: 'copy' }
    case 'mirror':
      return { type: 'download', download: { url: delivery.url } }
    case 'console':
      return {
        type: 'download',
        download: { url: `${configuration.api}${enforcerPackagesPath}`, authorityPem },
      }
  }
}

function tokenCommand(permissions: readonly string[], namespace: string): string {
  const roles = permissions.map((permission) => `--restrict-role ${quote(permission)}`).join(' ')
  return `apoctl auth appcred --restrict-namespace ${quote(namespace)} ${roles} --validity 1h`
}
