import { resolve } from 'node:path'
import type { ConfigureContext } from '../credentials/profiles/configure-profile.ts'
import { connectAppCredentials } from './connect-app-credentials.ts'
import type { CommandContext } from './context.ts'
import type { ConsoleFlags } from './flags/console-flags.ts'
import { readCredential } from './read-credential.ts'
import { keyKeeping } from './run-keyring.ts'
import { secretInput } from './secret-input.ts'

/** Opens the Console a profile is made for, with a token that is asked for where nothing else says who it is. */
export async function connectToConfigure(
  flags: ConsoleFlags,
  context: CommandContext,
): Promise<ConfigureContext> {
  const { environment } = context
  const needsToken = flags.token !== undefined || (await readCredential(flags, context)) === undefined
  const question = { text: 'Token', flag: '--token -, or set APOCTL_TOKEN' }
  const token = needsToken ? (await secretInput(flags.token, { question, context })).reveal() : undefined
  const connected = await connectAppCredentials({ ...flags, token }, context)
  return { ...connected, ...keyKeeping(context), place: environment }
}

/** The authority that a profile shall name: wherever apoctl is run later, it is the same file. */
export function authorityFor(flags: ConsoleFlags, { environment }: CommandContext): string | undefined {
  const file = flags['api-cacert']
  return file === undefined ? undefined : resolve(environment.workingDir, file)
}
