import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ConsoleOptions } from '../api/console-client.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { CommandContext } from './context.ts'
import type { ConsoleFlags } from './flags/console-flags.ts'

export type TrustFlags = Pick<ConsoleFlags, 'api-cacert' | 'api-skip-verify'>

/** By what the Console is trusted; warns when by nothing. Throws APO-INPUT-FILE for an unusable authority. */
export async function trustIn(
  console: { readonly api: string; readonly flags: TrustFlags },
  context: Pick<CommandContext, 'environment' | 'reporter'>,
): Promise<NonNullable<ConsoleOptions['trust']>> {
  const { api, flags } = console
  const authoritiesPem = await authoritiesOf(flags, context)
  if (flags['api-skip-verify'])
    context.reporter.report({ type: 'warning', subject: api, text: 'its certificate is not verified' })
  return { authoritiesPem, skipVerify: flags['api-skip-verify'] }
}

async function authoritiesOf(
  flags: TrustFlags,
  context: Pick<CommandContext, 'environment'>,
): Promise<string | undefined> {
  if (flags['api-cacert'] === undefined) return undefined
  const file = resolve(context.environment.workingDir, flags['api-cacert'])
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ApoctlError(['APO-INPUT-FILE', `the certificate authority ${file} cannot be read`], {
      cause: error,
    })
  })
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw new ApoctlError(['APO-INPUT-FILE', `${file} holds no PEM certificate`])
  return pem
}
