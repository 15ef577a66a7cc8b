import { Flags } from '@oclif/core'
import { parseNamespaceName } from '../../../contract/namespace-name.ts'
import { userTagProblem } from '../../../contract/tags/tag.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { LinuxInstallOptions } from '../../install/linux/install-linux.ts'
import { loadCriteria } from '../../preflight/load-criteria.ts'
import { Secret } from '../../secrets/secret.ts'
import type { ConnectedConsole } from '../connect-console.ts'
import type { CommandContext } from '../context.ts'
import { bundleFlags, bundleShelf, type BundleFlags } from './bundle-flags.ts'
import { deliveryChoice, deliveryFlags, type DeliveryFlags } from './delivery-flags.ts'
import { durationFlag } from './duration-flag.ts'
import { repoFlags } from './repo-flags.ts'

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

export interface InstallFlags extends BundleFlags, DeliveryFlags {
  readonly 'auth-mode': 'token' | 'appcred' | 'cloud'
  readonly tag?: readonly string[] | undefined
  readonly 'raw-flags'?: string | undefined
  readonly 'connected-within': number
  readonly 'accept-risk'?: readonly string[] | undefined
  readonly skip?: readonly string[] | undefined
  readonly token?: string | undefined
  readonly 'api-skip-verify': boolean
}

/** Turns flags into what an installation needs, short of hosts. Throws APO-INPUT-VALUE and -FILE. */
export async function installOptions(
  flags: InstallFlags,
  with_: { readonly console: ConnectedConsole; readonly context: CommandContext },
): Promise<Omit<LinuxInstallOptions, 'hosts' | 'limits' | 'dryRun'>> {
  const { api, namespace, authoritiesPem } = with_.console
  const delivery = deliveryChoice(flags, with_.context)
  return {
    bundleFor: bundleShelf(flags, with_.context).forMachine,
    configuration: {
      api,
      namespace: namespaceFor(namespace),
      apiSkipVerify: flags['api-skip-verify'],
      hasAuthority: authoritiesPem !== undefined,
      tags: (flags.tag ?? []).map(checkTag),
      rawFlags: checkLine(flags['raw-flags'], '--raw-flags'),
    },
    authorityPem: authoritiesPem,
    enrolment: enrolmentOf(flags['auth-mode']),
    token: flags.token === undefined ? undefined : new Secret(flags.token),
    version: flags['enforcer-version'],
    isCopyAsked: flags.bundle !== undefined || delivery.type !== 'copy',
    delivery,
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

function namespaceFor(namespace: string): string {
  if (namespace === '')
    throw new ApoctlError(['APO-INPUT-MISSING', 'nothing says which namespace the enforcers shall be in'], {
      hints: ['Give --namespace /path.'],
    })
  const parsed = parseNamespaceName(namespace)
  if (parsed.ok) return parsed.value
  throw new ApoctlError(['APO-INPUT-VALUE', `--namespace: ${parsed.problem}`])
}

function checkTag(tag: string): string {
  const problem = userTagProblem(tag)
  if (problem === undefined) return checkLine(tag, '--tag')
  throw new ApoctlError(['APO-INPUT-VALUE', `--tag: ${problem}`], {
    hints: ['Write it as key=value; the key has no space and does not start with @, $ or +.'],
  })
}

/** It goes into a file that has one setting on each line. */
function checkLine<Text extends string | undefined>(text: Text, flag: string): Text {
  if (text === undefined || !/[\0-\x1f\x7f]/.test(text)) return text
  throw new ApoctlError(['APO-INPUT-VALUE', `${flag}: it has a line break or another control character`])
}
