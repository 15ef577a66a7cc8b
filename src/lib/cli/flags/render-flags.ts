import { Flags } from '@oclif/core'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { installEngines, type InstallEngine } from '../../install/render/artefact.ts'
import { lifetimeFlag } from './app-credential-flags.ts'

const helpGroup = 'RENDER'

/** How an installation is written down for somebody else to carry out. */
export const renderFlags = {
  render: Flags.option({ options: installEngines })({
    summary:
      'Install nothing, and write what the engine needs that does: user data for cloud-init, a playbook, a document ' +
      'for Systems Manager, a Terraform module, or installenforcer.sh. Tokens are in none of them but cloud-init.',
    helpGroup,
  }),
  'installation-mode': Flags.option({ options: ['direct', 'script'] as const })({
    summary: 'As other tools of the Console have it: script is --render script, direct is without --render.',
    exclusive: ['render'],
    helpGroup,
  }),
  'output-dir': Flags.string({
    summary: 'Folder where --render writes; made if it is not there. Default: the current one.',
    helpValue: 'FOLDER',
    helpGroup,
  }),
  'token-validity': lifetimeFlag({
    summary:
      'How long the token in --render cloud-init is good: machines that start later cannot register. Default: 1h.',
    helpGroup,
  }),
}

export interface RenderFlags {
  readonly render?: InstallEngine | undefined
  readonly 'installation-mode'?: 'direct' | 'script' | undefined
  readonly 'output-dir'?: string | undefined
  readonly 'token-validity'?: string | undefined
}

/** The engine to write for; undefined to install. */
export function engineOf(flags: RenderFlags): InstallEngine | undefined {
  return flags.render ?? (flags['installation-mode'] === 'script' ? 'script' : undefined)
}

/** They are about runs of our own. */
const forRuns = [
  ...['concurrency', 'ssh-config', 'accept-new-host-keys', 'ask-password', 'ask-sudo-password', 'become'],
  ...['connect-timeout', 'host-timeout', 'serial', 'max-fail', 'canary', 'resume', 'retry-failed'],
  ...[
    'take-over-lock',
    'relay',
    'relay-port',
    'repo',
    'repo-key',
    'dry-run',
    'plan-out',
    'auth-mode',
    'accept-risk',
    'skip',
  ],
]
const forHosts = ['host', 'inventory', 'limit', 'identity']

/** Flags that play no part when this is written, or, without an engine, when something is installed. */
export function idleFlags(engine: InstallEngine | undefined): readonly string[] {
  if (engine === undefined) return ['output-dir', 'token-validity']
  return [
    ...forRuns,
    ...(engine === 'ansible' ? [] : forHosts),
    ...(engine === 'cloud-init' ? [] : ['token-validity']),
  ]
}

/** Throws APO-USAGE for the first of the flags that were typed and play no part. */
export function refuseIdle(engine: InstallEngine | undefined, typed: readonly string[]): void {
  const [first] = typed
  if (first === undefined) return
  const when = engine === undefined ? 'without --render' : `with --render ${engine}`
  throw new ApoctlError(['APO-USAGE', `--${first} plays no part ${when}`], { hints: ['Leave it out.'] })
}
