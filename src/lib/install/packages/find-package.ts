import { ApoctlError } from '../../errors/apoctl-error.ts'
import { runScript } from '../../platforms/linux/run-script.ts'
import type { Transport } from '../../transports/transport.ts'
import { aptScripts } from './apt-scripts.ts'
import { packageName, type PackageManager } from './package-facts.ts'
import { packageFailures, type PackageScripts } from './package-scripts.ts'
import { matchVersion } from './package-version.ts'
import { yumScripts } from './yum-scripts.ts'

export const scriptsOf: Readonly<Record<PackageManager, PackageScripts>> = {
  apt: aptScripts,
  yum: yumScripts,
}

const findTimeoutMs = 3 * 60_000

/** What is looked for, and where. */
export interface WantedPackage {
  readonly manager: PackageManager
  readonly sourceText: string
  readonly keyText: string
  /** Of the enforcer; the newest when undefined. */
  readonly version: string | undefined
  /** Of the package that is there; it must be in the repository too, for the way back. */
  readonly before: string | undefined
}

/**
 * Has the host ask a repository, and changes nothing on it. Gives the version of the package to install.
 * Rejects with APO-REPO-UNREACHABLE, -SIGNATURE or -VERSION.
 */
export async function findPackage(
  wanted: WantedPackage,
  context: { readonly transport: Transport; readonly signal: AbortSignal },
): Promise<string> {
  const { transport, signal } = context
  const { target } = transport
  const offered = await askRepository(wanted, { transport, signal })
  const known = offered.length === 0 ? 'it has none at all' : `it has ${offered.join(', ')}`
  const found = wanted.version === undefined ? offered[0] : matchVersion(wanted.version, offered)
  if (found === undefined)
    throw new ApoctlError([
      'APO-REPO-VERSION',
      `${target}: the repository has no ${packageName} ${wanted.version ?? ''}: ${known}`.replace(' :', ':'),
    ])
  const { before } = wanted
  if (before !== undefined && found !== before && !offered.includes(before))
    throw new ApoctlError([
      'APO-REPO-VERSION',
      `${target}: the repository no longer has ${before}, which runs there, and without it there is no way back: ${known}`,
    ])
  return found
}

async function askRepository(
  wanted: WantedPackage,
  context: { readonly transport: Transport; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const { transport, signal } = context
  const args = [wanted.sourceText, wanted.keyText]
  const text = scriptsOf[wanted.manager].find
  const result = await runScript(transport, { text, args, signal, timeoutMs: findTimeoutMs })
  const words = result.stderr.toString('utf8').trim().split('\n').slice(-3).join(' / ')
  const known = packageFailures[result.exitCode ?? 0]
  if (known !== undefined) throw new ApoctlError([known, `${transport.target}: ${words}`])
  const lines = result.stdout.toString('utf8').split('\n')
  if (!lines.includes('apoctl-end'))
    throw new ApoctlError([
      'APO-HOST-ANSWER',
      `${transport.target}: asking the repository gave no complete answer: ${words}`,
    ])
  return lines.flatMap((line) =>
    line.startsWith('apoctl-version ') ? [line.slice('apoctl-version '.length)] : [],
  )
}
