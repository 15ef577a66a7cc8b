import type { ConsoleOptions } from '../api/console-client.ts'
import type { CommandContext } from './context.ts'
import type { ConsoleFlags } from './flags/console-flags.ts'
import { readAuthorities } from './read-authorities.ts'

export type TrustFlags = Pick<ConsoleFlags, 'api-cacert' | 'api-skip-verify'>

/** By what the Console is trusted; warns when by nothing. Throws APO-INPUT-FILE for an unusable authority. */
export async function trustIn(
  console: { readonly api: string; readonly flags: TrustFlags },
  context: Pick<CommandContext, 'environment' | 'reporter'>,
): Promise<NonNullable<ConsoleOptions['trust']>> {
  const { api, flags } = console
  const file = flags['api-cacert']
  const authoritiesPem = file === undefined ? undefined : await readAuthorities(file, context)
  if (flags['api-skip-verify'])
    context.reporter.report({ type: 'warning', subject: api, text: 'its certificate is not verified' })
  return { authoritiesPem, skipVerify: flags['api-skip-verify'] }
}
