import { Flags } from '@oclif/core'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { LinuxInstallOptions } from '../../install/linux/install-linux.ts'
import { wantedVersion } from '../../install/linux/wanted-version.ts'
import { loadCriteria } from '../../preflight/load-criteria.ts'
import { Secret } from '../../secrets/secret.ts'
import type { ConnectedConsole } from '../connect-console.ts'
import type { CommandContext } from '../context.ts'
import { bundleFlags, bundleShelf, type BundleFlags } from './bundle-flags.ts'
import { deliveryChoice, deliveryFlags, type DeliveryFlags } from './delivery-flags.ts'
import { durationFlag } from './duration-flag.ts'
import { repoFlags } from './repo-flags.ts'
import { wantedConfiguration, type ConfigurationFlags } from './wanted-configuration.ts'

const helpGroup = 'ENFORCER'

/** What is installed, and how it proves itself. */
export const installFlags = {
  'auth-mode': Flags.option({ options: ['token', 'appcred', 'cloud'] as const })({
    summary:
      'How the enforcer proves itself: with a token it uses once to make its own credential, with an app ' +
      'credential made for it here, or with the identity its cloud gives it.',
    default: 'token' as const,
    helpGroup,
  }),
  tag: Flags.string({
    summary: 'Tag of the enforcer, as key=value; repeatable.',
    helpValue: 'KEY=VALUE',
    multiple: true,
    helpGroup,
  }),
  'raw-flags': Flags.string({
    summary: 'Further flags for the enforcer, as one text: "--log-level=debug".',
    helpValue: 'FLAGS',
    helpGroup,
  }),
  ...bundleFlags,
  'enforcer-version': Flags.string({
    summary:
      'Insist on this version, or with "latest" on the newest there is. Default: the default version of the ' +
      'namespace, else the newest.',
    helpValue: 'VERSION',
    helpGroup,
  }),
  ...repoFlags,
  ...deliveryFlags,
  'connected-within': durationFlag({
    summary: 'How long the Console may take to see the enforcer before the installation counts as failed.',
    default: 60_000,
    helpGroup,
  }),
  'accept-risk': Flags.string({
    summary: 'Accept that this overridable check fails. Repeatable.',
    helpValue: 'ID',
    multiple: true,
    helpGroup,
  }),
  skip: Flags.string({
    summary: 'Judge this check, but do not let it stop the installation. Repeatable.',
    helpValue: 'ID',
    multiple: true,
    helpGroup,
  }),
}

export interface InstallFlags extends BundleFlags, DeliveryFlags, ConfigurationFlags {
  readonly 'auth-mode': 'token' | 'appcred' | 'cloud'
  readonly 'connected-within': number
  readonly 'accept-risk'?: readonly string[] | undefined
  readonly skip?: readonly string[] | undefined
  readonly token?: string | undefined
}

/** Turns flags into what an installation needs, short of hosts. Throws APO-INPUT-VALUE and -FILE. */
export async function installOptions(
  flags: InstallFlags,
  with_: { readonly console: ConnectedConsole; readonly context: CommandContext },
): Promise<Omit<LinuxInstallOptions, 'hosts' | 'limits' | 'dryRun'>> {
  const { api, client, authoritiesPem } = with_.console
  const configuration = wantedConfiguration(flags, with_.console)
  const settled = {
    configuration,
    authorityPem: authoritiesPem,
    enrolment: enrolmentOf(flags['auth-mode']),
    token: flags.token === undefined ? undefined : new Secret(flags.token),
    isCopyAsked: [flags.bundle, flags['from-url'], flags.relay || undefined].some(
      (flag) => flag !== undefined,
    ),
    delivery: deliveryChoice(flags, with_.context),
    connectTimeoutMs: flags['connected-within'],
    preflight: {
      ...(await loadCriteria({
        selection: { only: [], skip: flags.skip ?? [], acceptRisk: flags['accept-risk'] ?? [] },
        strict: false,
        api,
      })),
      authoritiesPem,
    },
  }
  // The Console is asked last: what is wrong with the flags is said without it.
  const place = { console: client, namespace: configuration.namespace, signal: with_.context.signal }
  const version = await wantedVersion(flags['enforcer-version'], place)
  const shelf = bundleShelf({ ...flags, 'enforcer-version': version }, with_.context)
  return { ...settled, version, bundleFor: shelf.forMachine }
}

function enrolmentOf(mode: InstallFlags['auth-mode']): LinuxInstallOptions['enrolment'] {
  switch (mode) {
    case 'token':
      return 'token'
    case 'appcred':
      return 'app-credential'
    case 'cloud':
      throw new ApoctlError([
        'APO-INSTALL-AUTH-MODE',
        '--auth-mode cloud is not yet supported by this Console',
      ])
  }
}
